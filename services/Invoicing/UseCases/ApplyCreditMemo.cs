using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.CreditMemos;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>Settles an invoice with a credit memo of the same customer, or of one that is merged with it.</summary>
public static class ApplyCreditMemo
{
    /// <summary>What is settled.</summary>
    /// <param name="InvoiceId">An invoice of the same customer.</param>
    /// <param name="Installment">One installment; without it all, by due date.</param>
    /// <param name="Amount">Of the credit memo's currency; without it as much as both sides allow.</param>
    public sealed record Request(Guid InvoiceId, int? Installment = null, decimal? Amount = null);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/credit-memos/{id:guid}/applications", HandleAsync)
        .RequireScope(Scopes.InvoicingWrite)
        .Produces<CreditMemoView>()
        .WithSummary("Apply a credit memo to an invoice");

    private static Task<IResult> HandleAsync(
        Guid id, Request request, HttpCommand command, AccountingCalendars calendars) =>
        command.CommitAsync(async cancellation =>
        {
            var (memo, version) = await command.Store.LoadAsync(CreditMemoStream.Type, id, cancellation);
            if (CreditMemoAccess.Check(id, memo, version, command) is { } no)
                return no;
            var invoice = await command.Store.LoadAsync(InvoiceStream.Type, request.InvoiceId, cancellation);
            if (invoice.State.Issued is null)
                return CreditMemoRefusals.UnknownInvoice(request.InvoiceId);
            if (!CreditMemoAccess.TryAmount(request.Amount, memo.Open.Currency, out var amount))
                return InvoiceRefusals.Invalid("/amount", $"The amount is one of {memo.Open.Currency}, above zero.");

            await calendars.RefreshAsync(cancellation);
            var account = await CustomerGroups.OfAsync(
                command.Store.Database, memo.Issued!.CustomerId, cancellation);
            var settlement = CreditMemoAccess.Settlement(id, memo, command, calendars, account);
            var decision = settlement.Settle(request.InvoiceId, invoice.State, request.Installment, amount);
            if (decision.Refusal is { } refusal)
                return refusal;
            if (decision.Events.Count == 0)
                return CreditMemoRefusals.NothingSettled(memo);
            var batch = new WriteBatch(command.Metadata())
                .Append(InvoiceStream.Type, request.InvoiceId, invoice.Version, decision.Events);
            return CreditMemoAccess.Write(id, batch, version, settlement);
        });
}

/// <summary>What the requests about an issued credit memo have in common.</summary>
internal static class CreditMemoAccess
{
    /// <summary>Why the caller may not change it as it is, or null.</summary>
    public static Plan? Check(Guid id, CreditMemo memo, long version, HttpCommand command)
    {
        if (memo.Issued is not { } issued)
            return CreditMemoRefusals.NotFound(id);
        if (command.Caller.Deny(issued.Books.LegalEntity) is { } denied)
            return denied;
        command.Expect(version);
        return null;
    }

    public static CreditSettlement Settlement(
        Guid id, CreditMemo memo, HttpCommand command, AccountingCalendars calendars,
        IReadOnlySet<Guid>? account = null) => new(
            id, memo, calendars.Context(memo.Issued!.Books.LegalEntity, command.Caller), () => Ids.Next(command.Clock),
            account);

    /// <summary>Adds the credit memo's side to the batch and shows it.</summary>
    public static Plan Write(Guid id, WriteBatch batch, long version, CreditSettlement settlement)
    {
        var after = version + settlement.MemoEvents.Count;
        return Plan.Write(
            batch.Append(CreditMemoStream.Type, id, version, settlement.MemoEvents),
            Reply.Ok(CreditMemoView.Of(id, settlement.Memo, after), after));
    }

    /// <summary>True for no amount and for one that the currency can hold, above zero.</summary>
    public static bool TryAmount(decimal? amount, Currency currency, out Money? money)
    {
        money = null;
        if (amount is not { } asked)
            return true;
        if (!Money.TryOf(asked, currency, out var exact) || !exact.IsPositive)
            return false;
        money = exact;
        return true;
    }
}
