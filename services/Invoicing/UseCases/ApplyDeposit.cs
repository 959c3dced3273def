using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>Nets an issued invoice with a deposit, and takes that back.</summary>
public static class ApplyDeposit
{
    /// <summary>What is netted.</summary>
    /// <param name="InvoiceId">An invoice of the same customer.</param>
    /// <param name="Amount">Tax included; without it as much as is paid on the deposit and open on the invoice.</param>
    public sealed record Request(Guid InvoiceId, decimal? Amount = null);

    /// <summary>Why it is taken back.</summary>
    /// <param name="Reason">Kept in the history.</param>
    public sealed record Reversal(string Reason);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/deposits/{id:guid}/applications", ApplyAsync)
            .RequireScope(Scopes.InvoicingWrite).Produces<InvoiceView>()
            .WithSummary("Net an invoice with a deposit; answers with the deposit");
        routes.MapPost("/deposits/{id:guid}/applications/{applicationId:guid}/reverse", ReverseAsync)
            .RequireScope(Scopes.InvoicingWrite).Produces<InvoiceView>()
            .WithSummary("Take an application of a deposit back");
    }

    private static Task<IResult> ApplyAsync(
        Guid id, Request request, HttpCommand command, AccountingCalendars calendars) =>
        ChangeAsync(id, command, calendars, null, _ => request.InvoiceId, (settlement, invoice, _) =>
            !CreditMemoAccess.TryAmount(request.Amount, settlement.Deposit.Currency, out var amount)
                ? InvoiceRefusals.Invalid(
                    "/amount", $"The amount is one of {settlement.Deposit.Currency}, above zero.")
                : settlement.Settle(request.InvoiceId, invoice, amount));

    private static Task<IResult> ReverseAsync(
        Guid id, Guid applicationId, Reversal request, HttpCommand command, AccountingCalendars calendars) =>
        ChangeAsync(
            id, command, calendars, request.Reason,
            deposit => deposit.Uses.TryGetValue(applicationId, out var use) ? use.InvoiceId : null,
            (settlement, invoice, lacked) => Refusal.Unexplained(request.Reason) is { } unexplained
                ? unexplained
                : settlement.TakeBack(
                    settlement.Deposit.Uses[applicationId].InvoiceId, applicationId, invoice, lacked));

    /// <summary>Decides both sides and writes them together.</summary>
    /// <param name="find">The invoice that it is about; null where the deposit knows none.</param>
    /// <param name="decide">With what other deposits of the invoice lack.</param>
    private static Task<IResult> ChangeAsync(
        Guid id, HttpCommand command, AccountingCalendars calendars, string? reason, Func<Invoice, Guid?> find,
        Func<DepositSettlement, Invoice, Money, Decision> decide) =>
        command.CommitAsync(async cancellation =>
        {
            var (deposit, version) = await command.Store.LoadAsync(InvoiceStream.Type, id, cancellation);
            if (!deposit.IsDeposit)
                return Refusal.NotFound("deposit", id);
            if (command.Caller.Deny(deposit.Issued!.Books.LegalEntity) is { } denied)
                return denied;
            command.Expect(version);
            if (find(deposit) is not { } invoiceId)
                return Refusal.NotFound("application of the deposit", id);
            var invoice = await command.Store.LoadAsync(InvoiceStream.Type, invoiceId, cancellation);
            if (invoice.State.Issued is not { } issued || command.Caller.Deny(issued.Books.LegalEntity) is not null)
                return InvoiceRefusals.NotFound(invoiceId);
            await calendars.RefreshAsync(cancellation);
            var settlement = new DepositSettlement(
                id, deposit, calendars.Context(deposit.Issued.Books.LegalEntity, command.Caller),
                () => Ids.Next(command.Clock),
                await CustomerGroups.OfAsync(command.Store.Database, deposit.Issued.CustomerId, cancellation));
            var netted = await NettedDocuments.LoadAsync(command.Store, invoiceId, invoice.State, cancellation);
            var decision = decide(settlement, invoice.State, netted.Lacked(but: id));
            if (decision.Refusal is { } refusal)
                return refusal;
            var after = version + settlement.DepositEvents.Count;
            return Plan.Write(
                netted.Guard(new WriteBatch(command.Metadata(reason)))
                    .Append(InvoiceStream.Type, invoiceId, invoice.Version, decision.Events)
                    .Append(InvoiceStream.Type, id, version, settlement.DepositEvents),
                Reply.Ok(InvoiceView.Of(id, settlement.Deposit, after), after));
        });
}
