using Dapper;
using OrderToCash.Approvals;
using OrderToCash.CashApplication.BankAccounts;
using OrderToCash.CashApplication.Payouts;
using OrderToCash.CashApplication.ReadModels;
using OrderToCash.CashApplication.Refunds;
using OrderToCash.CashApplication.Replicas;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>
/// From which account approved refunds are paid, and when; all that wait in the account's currency, as many as a file
/// holds, where none is named.
/// </summary>
public sealed record CreatePaymentFileRequest(
    string BankAccount, DateOnly? ExecutionDate = null, IReadOnlyList<Guid>? Refunds = null);

/// <summary>What is kept with a request for the release of a file.</summary>
public sealed record PayoutWish(Guid PaymentFileId);

/// <summary>
/// <c>POST /v1/payment-files</c>: puts approved refunds into one file for the bank. It is released at once where nobody
/// must approve it (201), else it waits (202); nobody gets its content before it is released, and from then on its
/// refunds count as paid.
/// </summary>
public static class CreatePaymentFile
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/v1/payment-files", Handle)
        .RequireScope(Scopes.CashWrite)
        .Produces<PaymentFileView>(StatusCodes.Status201Created)
        .Produces<PaymentFileView>(StatusCodes.Status202Accepted)
        .WithTags("Refunds")
        .WithSummary("Pays approved refunds by a payment file");

    private static Task<IResult> Handle(CreatePaymentFileRequest request, HttpCommand command, ApprovalGate gate)
    {
        var id = Ids.Next(command.Clock);
        return command.CommitAsync(async cancellation =>
        {
            var store = command.Store;
            if (await store.Database.BankAccountAsync(request.BankAccount, cancellation) is not { } account)
                return BankAccountRefusals.NotFound(request.BankAccount);
            if (command.Caller.Deny(account.LegalEntity) is { } denied)
                return denied;
            var entity = (await store.Database.LegalEntityAsync(account.LegalEntity, cancellation))!;
            var today = command.Clock.Today(entity.TimeZone);
            var (orders, refusal) = await OrdersAsync(store, account, request.Refunds, cancellation);
            if (refusal is not null)
                return refusal;
            var created = Created(
                entity, account, orders, request.ExecutionDate ?? today, command.Clock.GetUtcNow());
            if (created.ExecutionDate < today)
                return PaymentFileRefusals.InThePast;

            var payout = await Payout.NewAsync(store, id, created, cancellation);
            var atOnce = new WriteBatch(command.Metadata());
            if (payout.CreateReleased(atOnce, command.Caller.Subject, today) is { } impossible)
                return impossible;
            return await gate.PassAsync(
                command,
                new ApprovalWish<PayoutWish>(
                    ApprovalKinds.Payout, account.LegalEntity, created.Total,
                    $"{orders.Count} refunds of {created.Total} from {account.Code}", new PayoutWish(id)),
                Plan.Write(atOnce, Reply.Created(
                    $"/v1/payment-files/{id}", PaymentFileView.Of(id, created, PaymentFileStatus.Released, 2), 2)),
                (batch, view) =>
                {
                    payout.Create(batch);
                    return Reply.Accepted($"/v1/payment-files/{id}",
                        PaymentFileView.Of(id, created, PaymentFileStatus.Waiting, 1, view.Id), 1);
                });
        });
    }

    /// <summary>It may go to the bank.</summary>
    internal static async Task<Plan> CarryOutAsync(
        PayoutWish wish, ApprovalGrant grant, CancellationToken cancellation)
    {
        var payout = await Payout.OfAsync(grant.Command.Store, wish.PaymentFileId, cancellation);
        var today = await grant.Command.TodayAsync(grant.Requested.LegalEntity);
        var batch = new WriteBatch(grant.Metadata);
        return payout.Release(batch, grant.Command.Caller.Subject, today) is { } refusal
            ? refusal
            : Plan.Write(batch, Reply.Ok(wish));
    }

    /// <summary>It does not go to the bank.</summary>
    internal static async Task EndAsync(
        PayoutWish wish, ApprovalEnd end, WriteBatch batch, CancellationToken cancellation)
    {
        var store = end.Services.GetRequiredService<EventStore>();
        var payout = await Payout.OfAsync(store, wish.PaymentFileId, cancellation);
        if (payout.Drop(batch, end.Reason ?? $"The request is {end.Status.ToString().ToLowerInvariant()}.")
            is { } impossible)
            throw new InvalidOperationException($"Payment file {wish.PaymentFileId}: {impossible.Detail}");
    }

    private static async Task<(IReadOnlyList<PaymentOrder> Orders, Refusal? Refusal)> OrdersAsync(
        EventStore store, BankAccountRow account, IReadOnlyList<Guid>? wanted, CancellationToken cancellation)
    {
        if (wanted is not null && wanted.Count is 0 or > PaymentFileDecider.MaxOrders)
            return ([], PaymentFileRefusals.NothingToPay(PaymentFileDecider.MaxOrders));
        List<PaymentOrder> orders = [];
        foreach (var id in wanted?.Distinct() ?? await PayableAsync(store, account, cancellation))
        {
            var (refund, _) = await store.LoadAsync(Refund.Type, id, cancellation);
            if (refund.Requested is not { } requested)
                return ([], RefundRefusals.NotFound(id));
            if (requested.LegalEntity != account.LegalEntity || requested.Amount.Currency.Code != account.Currency)
                return ([], PaymentFileRefusals.OtherAccount(id));
            orders.Add(new PaymentOrder(
                id, requested.ReceiptId, requested.Number, requested.Amount, requested.Payee,
                requested.Credit?.Reference));
        }

        return orders.Count == 0
            ? ([], PaymentFileRefusals.NothingToPay(PaymentFileDecider.MaxOrders))
            : (orders, null);
    }

    private static async Task<IEnumerable<Guid>> PayableAsync(
        EventStore store, BankAccountRow account, CancellationToken cancellation)
    {
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        return await connection.QueryAsync<Guid>(new CommandDefinition(
            "select f.id from refunds f left join receipts r on r.id = f.receipt_id " +
            "where f.legal_entity = @entity and f.currency = @currency and f.status = 'approved' " +
            "and r.status is distinct from 'reversed' " +
            "order by f.requested_at, f.id limit @most",
            new { entity = account.LegalEntity, currency = account.Currency, most = PaymentFileDecider.MaxOrders },
            cancellationToken: cancellation));
    }

    private static PaymentFileCreated Created(
        LegalEntityRow entity, BankAccountRow account, IReadOnlyList<PaymentOrder> orders, DateOnly executionDate,
        DateTimeOffset now) => new(
        entity.Code, entity.Name,
        new OrderingAccount(
            account.Code, account.LedgerAccount, account.Iban, account.AccountNumber, account.BankCode),
        orders.Aggregate(Money.Zero(orders[0].Amount.Currency), (sum, order) => sum + order.Amount),
        executionDate, now.ToUniversalTime(), orders);
}
