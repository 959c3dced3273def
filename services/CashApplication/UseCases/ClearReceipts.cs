using OrderToCash.Approvals;
using OrderToCash.CashApplication.ReadModels;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Replicas;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>Which entered receipts a credit is the money of, and why somebody says so.</summary>
/// <param name="Fee">What a processor kept of them: the receipts less the fee are the credit. Null for nothing.</param>
public sealed record ClearReceiptsRequest(IReadOnlyList<Guid> ReceiptIds, string Reason, Money? Fee = null);

/// <summary>Receipts whose money a credit is.</summary>
/// <param name="ReceiptIds">Each once.</param>
/// <param name="Fee">What a processor kept of them, or null.</param>
public sealed record SettledReceipts(IReadOnlyList<Guid> ReceiptIds, Money? Fee);

/// <summary>
/// <c>POST /v1/receipts/{id}/entered</c>: a receipt that a statement brought is the money of receipts that were
/// entered: of one that nothing told to be the same, or of all that a deposit or a processor's settlement is made of.
/// They go from the clearing account to the bank, and the statement's receipt is void. What a processor kept of its
/// settlement is booked as its fee: within the policy's percentage, and as the approval matrix says of write-offs.
/// </summary>
public static class ClearReceipts
{
    private const int MostReceipts = 1_000;

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/v1/receipts/{id:guid}/entered", Handle)
        .RequireScope(Scopes.CashWrite)
        .Produces<ReceiptView>()
        .Produces<ApprovalView>(StatusCodes.Status202Accepted)
        .WithTags("Receipts")
        .WithSummary("Says that a statement's credit is money that was entered already");

    private static async Task<IResult> Handle(
        Guid id, ClearReceiptsRequest request, HttpCommand command, ApprovalGate gate, ReceiptMatching matching)
    {
        if (new Validation().Required("/reason", request.Reason, max: 500).Problem is { } problem)
            return problem;
        var settled = new SettledReceipts([.. request.ReceiptIds.Distinct()], request.Fee);
        if (settled.ReceiptIds.Count == 0)
            return await command.RefuseAsync(ReceiptRefusals.NoReceipts);
        if (settled.ReceiptIds.Count > MostReceipts)
            return await command.RefuseAsync(ReceiptRefusals.TooMany(MostReceipts, "/receiptIds"));
        return await command.CommitAsync(async cancellation =>
        {
            var (credit, version) = await command.Store.LoadAsync(ReceiptStream.Type, id, cancellation);
            if (command.Guard(credit) is { } outsider)
                return outsider;
            command.Expect(version);
            var plan = await PlanAsync(
                id, settled, command.Store, matching, command.Metadata(request.Reason), cancellation);
            return request.Fee is not { } fee
                ? plan
                : await gate.PassAsync(
                    command,
                    new ApprovalWish<RestWish>(
                        ApprovalKinds.WriteOff, credit.LegalEntity, fee,
                        $"Fee of {fee} that was kept of the settlement {credit.Number}",
                        new RestWish(id, Guid.Empty, request.Reason, Settled: settled), request.Reason),
                    plan);
        });
    }

    /// <summary>All of it by what holds in this moment, also where a fee was approved meanwhile.</summary>
    internal static async Task<Plan> PlanAsync(
        Guid id, SettledReceipts settled, EventStore store, ReceiptMatching matching, EventMetadata metadata,
        CancellationToken cancellation)
    {
        var (credit, version) = await store.LoadAsync(ReceiptStream.Type, id, cancellation);
        var today = (await matching.DeadlinesAsync(credit.LegalEntity, cancellation)).Today;
        if (ReceiptDecider.ReverseAsEntered(credit, id, settled.ReceiptIds, today).Refusal is { } refusal)
            return refusal;
        var account = (await store.Database.BankAccountAsync(credit.BankAccount!, cancellation))!;
        var batch = new WriteBatch(metadata);
        var (sum, no) = await ClearAsync(batch, store, settled, Of(credit, account), credit, today, cancellation);
        if (no is not null)
            return no;
        var kept = settled.Fee is { } fee ? sum - fee : sum;
        if (kept != credit.Balance.Amount)
            return ReceiptRefusals.OtherSum(sum, credit.Balance.Amount, settled.Fee);
        var percent = (await matching.SettingsAsync(credit.LegalEntity, cancellation)).Policy.SettlementFeePercent;
        if (settled.Fee is { } most && most.Amount * 100 > percent * sum.Amount)
            return ReceiptRefusals.ExceedsSettlementFee(most, sum, percent);
        if (settled.Fee is not null && account.FeeAccount is null)
            return ReceiptRefusals.NoFeeAccount(account.Code);
        var reversed = ReceiptDecider.ReverseAsEntered(
            credit, id, settled.ReceiptIds, today,
            settled.Fee is { } booked ? new SettlementFee(booked, account.FeeAccount!) : null);
        batch.Append(ReceiptStream.Type, id, version, reversed.Events);
        await matching.ReleaseRemittancesAsync(batch, id, credit, reversed.Events, cancellation);
        var (after, now) = (reversed.Events.Aggregate(credit, Receipt.Evolve), version + reversed.Events.Count);
        return Plan.Write(batch, Reply.Ok(ReceiptView.Of(id, after, now, []), now));
    }

    private static Clearing Of(Receipt credit, BankAccountRow account) => new(
        new PayingAccount(account.Code, account.LedgerAccount), credit.Source!, credit.Payer, credit.Remittance,
        credit.Balance.CustomerId, credit.CheckNumber, credit.Documents);

    /// <summary>Adds that they have reached the bank; gives what they come to, or why not.</summary>
    private static async Task<(Money Sum, Refusal? Refusal)> ClearAsync(
        WriteBatch batch, EventStore store, SettledReceipts settled, Clearing clearing, Receipt credit, DateOnly today,
        CancellationToken cancellation)
    {
        var sum = Money.Zero(credit.Balance.Amount.Currency);
        if (settled.Fee is { } kept && kept.Currency != sum.Currency)
            return (sum, ReceiptRefusals.OtherReceiptCurrency(kept.Currency, sum.Currency));
        if (settled.Fee is { IsPositive: false })
            return (sum, ReceiptRefusals.AmountNotPositive("/fee"));
        foreach (var one in settled.ReceiptIds)
        {
            var (receipt, version) = await store.LoadAsync(ReceiptStream.Type, one, cancellation);
            if (!receipt.Exists || receipt.LegalEntity != credit.LegalEntity)
                return (sum, ReceiptRefusals.NotFound(one));
            if (receipt.Balance.Amount.Currency != sum.Currency)
                return (sum, ReceiptRefusals.OtherReceiptCurrency(receipt.Balance.Amount.Currency, sum.Currency));
            if (receipt.BankAccount is { } account && account != clearing.Account.Code)
                return (sum, ReceiptRefusals.OtherBankAccount(receipt.Number, account));
            if (settled.Fee is not null && receipt is { Method: not "card", ProcessorReference: null })
                return (sum, ReceiptRefusals.NoProcessor(receipt.Number));

            // Several share a credit, or a processor pays: what the bank says of its payer is none of theirs.
            var told = settled is { ReceiptIds.Count: 1, Fee: null }
                ? clearing
                : clearing with { Payer = new Payer(), Remittance = [], CheckNumber = null, Documents = null };
            var cleared = ReceiptDecider.Clear(receipt, one, told, today);
            if (cleared.Refusal is { } refusal)
                return (sum, refusal);
            batch.Append(ReceiptStream.Type, one, version, cleared.Events);
            sum += receipt.Balance.Amount;
        }

        return (sum, null);
    }
}
