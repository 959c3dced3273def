using Dapper;
using Npgsql;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.CreditMemos;
using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// Settles a customer's open items with its open credit memos: the oldest credit first, against what is due first. What
/// was merged is one customer. One transaction; a customer with more of either than it holds is finished by asking
/// again.
/// </summary>
public static class ApplyOpenCredits
{
    /// <summary>Streams per transaction and side.</summary>
    private const int MaxDocuments = 100;

    private const string Credits =
        "select credit_memo_id from credit_memos where customer_id = any(@ids) and open_amount > 0 " +
        "order by credit_date, number limit @limit";

    private const string Items =
        "select o.invoice_id from open_items o where o.customer_id = any(@ids) and o.balance > o.disputed " +
        "group by o.invoice_id order by min(o.due_date), o.invoice_id limit @limit";

    /// <summary>What was settled.</summary>
    /// <param name="Applied">Each part of an invoice with the credit memo that settled it.</param>
    public sealed record Response(IReadOnlyList<Application> Applied);

    public sealed record Application(
        Guid CreditMemoId, string CreditMemoNumber, Guid InvoiceId, string InvoiceNumber, int Installment,
        Money Amount);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/customers/{id:guid}/credit-memos/apply", HandleAsync)
        .RequireScope(Scopes.InvoicingWrite)
        .Produces<Response>()
        .WithSummary("Apply a customer's open credit memos, oldest first");

    private static Task<IResult> HandleAsync(
        Guid id, HttpCommand command, AccountingCalendars calendars) => command.CommitAsync(async cancellation =>
    {
        var (customer, _) = await command.Store.LoadAsync(CustomerStream.Type, id, cancellation);
        if (customer.Now is not { } registration)
            return Refusal.NotFound("customer", id);
        if (command.Caller.Deny(registration.LegalEntity) is { } denied)
            return denied;
        var account = await CustomerGroups.OfAsync(command.Store.Database, id, cancellation);
        var (memoIds, invoiceIds) = await FindAsync(command.Store.Database, account);
        var invoices = new Dictionary<Guid, Touched>();
        foreach (var invoiceId in invoiceIds)
            invoices[invoiceId] = new(await command.Store.LoadAsync(InvoiceStream.Type, invoiceId, cancellation));
        await calendars.RefreshAsync(cancellation);
        var batch = new WriteBatch(command.Metadata());
        var applied = new List<Application>();
        foreach (var memoId in memoIds)
        {
            var (memo, version) = await command.Store.LoadAsync(CreditMemoStream.Type, memoId, cancellation);
            var settlement = CreditMemoAccess.Settlement(memoId, memo, command, calendars, account);
            foreach (var (invoiceId, invoice) in invoices)
                invoice.Add(settlement.Settle(invoiceId, invoice.State, spareDisputed: true));
            batch.Append(CreditMemoStream.Type, memoId, version, settlement.MemoEvents);
            applied.AddRange(settlement.MemoEvents.Cast<CreditMemoApplied>().Select(one => new Application(
                memoId, memo.Issued!.Number, one.InvoiceId, one.InvoiceNumber, one.Installment, one.Amount)));
        }

        foreach (var (invoiceId, invoice) in invoices)
            batch.Append(InvoiceStream.Type, invoiceId, invoice.Version, invoice.Events);
        return Plan.Write(batch, Reply.Ok(new Response(applied)));
    });

    /// <summary>What is disputed is left alone: its credit may come from the dispute.</summary>
    private static async Task<(List<Guid> Memos, List<Guid> Invoices)> FindAsync(
        NpgsqlDataSource database, IReadOnlySet<Guid> account)
    {
        await using var connection = await database.OpenConnectionAsync();
        var parameters = new { ids = account.ToArray(), limit = MaxDocuments };
        return ([.. await connection.QueryAsync<Guid>(Credits, parameters)],
            [.. await connection.QueryAsync<Guid>(Items, parameters)]);
    }

    private sealed class Touched(Loaded<Invoice> loaded)
    {
        private readonly List<object> _events = [];

        public Invoice State { get; private set; } = loaded.State;

        public long Version => loaded.Version;

        public IReadOnlyList<object> Events => _events;

        public void Add(Decision decision)
        {
            _events.AddRange(decision.Events);
            State = decision.Events.Aggregate(State, Invoice.Evolve);
        }
    }
}
