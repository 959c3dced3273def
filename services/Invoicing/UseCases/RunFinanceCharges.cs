using System.Globalization;
using System.Text.Json.Serialization;
using Dapper;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.FinanceCharges;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.LegalEntities;
using OrderToCash.Invoicing.Numbering;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// Bills late fees and interest of a month that is over, by each customer's contract: one debit memo per customer and
/// month, however often it is run. Each customer is written by itself, and one who cannot be billed holds up
/// nobody else.
/// </summary>
public static class RunFinanceCharges
{
    /// <summary>What is run.</summary>
    /// <param name="LegalEntity">Whose customers.</param>
    /// <param name="Period">A month that is over, such as 2026-10.</param>
    /// <param name="Preview">Only show what would be billed.</param>
    public sealed record Request(string LegalEntity, string Period, bool Preview = false);

    /// <summary>What is billed to one customer.</summary>
    /// <param name="InvoiceId">The debit memo; null in a preview, and where there is a problem.</param>
    /// <param name="Number">Its number; null in a preview, and where there is a problem.</param>
    /// <param name="AlreadyBilled">By an earlier run.</param>
    /// <param name="Problem">Why it cannot be billed, such as for want of an exchange rate.</param>
    public sealed record Billed(
        Guid CustomerId, Guid? InvoiceId, string? Number, Money Total, bool AlreadyBilled,
        IReadOnlyList<FinanceCharge> Charges,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Problem? Problem = null);

    public sealed record Response(string LegalEntity, string Period, bool Preview, IReadOnlyList<Billed> DebitMemos);

    /// <summary>
    /// What was open of invoices at the beginning, and each change in the month, of customers whose contract charges
    /// something. What is disputed now is left out, and debit memos: there is no interest on interest.
    /// </summary>
    private const string Histories =
        """
        select c.customer_id, c.clauses::text as clauses, s.invoice_id, s.invoice_number, s.installment, s.due_date,
            greatest(s.posting_date, @first) as day, o.disputed, sum(s.amount) as change
        from customers c
        join subledger_entries s on s.customer_id = c.customer_id
        join invoices i on i.invoice_id = s.invoice_id and i.kind = 'Invoice'
        join open_items o on o.invoice_id = s.invoice_id and o.installment = s.installment
        where c.legal_entity = @legalEntity and c.clauses is not null
            and s.posting_date <= @last and s.due_date < @last
        group by 1, 2, 3, 4, 5, 6, 7, 8 having sum(s.amount) <> 0
        """;

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/finance-charge-runs", HandleAsync)
        .RequireScope(Scopes.InvoicingWrite)
        .Produces<Response>()
        .WithSummary("Bill late fees and interest of a month");

    private static async Task<IResult> HandleAsync(Request request, HttpCommand command, DocumentNumbers numbers)
    {
        if (command.Caller.Deny(request.LegalEntity) is { } denied)
            return await command.RefuseAsync(denied);
        var entity = await command.Store.LoadAsync(
            LegalEntityStream.Type, LegalEntityStream.Id(request.LegalEntity), command.Cancellation);
        if (entity.State.Definition is not { } definition)
            return await command.RefuseAsync(LegalEntityRefusals.Unknown(request.LegalEntity));
        if (!DateOnly.TryParseExact(
                request.Period, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.None, out var first)
            || first.AddMonths(1) > command.Clock.Today(definition.TimeZone))
            return await command.RefuseAsync(
                InvoiceRefusals.Invalid("/period", "The period is a month that is over, such as 2026-10."));

        var now = command.Clock.GetUtcNow();
        var charges = await ChargesAsync(request.LegalEntity, first, command);
        var wishes = charges.ConvertAll(one => new IssueInvoice(
            one.CustomerId,
            [.. one.Charges.Select(charge => new IssueInvoiceLine(charge.Description, 1, charge.Amount.Amount))]));
        var accounts = await BillingAccounts.LoadAsync(command, wishes, now);
        var billed = new List<Billed>(charges.Count);
        foreach (var (one, wish, account) in charges.Zip(wishes, accounts))
        {
            var (draft, refusal) = IssueDebitMemo.Draft(wish, account!, now);
            billed.Add(await BillAsync(one.CustomerId, one.Charges, draft, refusal, request, command, numbers));
        }

        var response = new Response(request.LegalEntity, request.Period, request.Preview, billed);
        return await command.CommitAsync(
            _ => Task.FromResult(Plan.Write(new WriteBatch(command.Metadata()), Reply.Ok(response))));
    }

    private static async Task<List<(Guid CustomerId, List<FinanceCharge> Charges)>> ChargesAsync(
        string legalEntity, DateOnly first, HttpCommand command)
    {
        var last = first.AddMonths(1).AddDays(-1);
        await using var connection = await command.Store.Database.OpenConnectionAsync(command.Cancellation);
        var rows = await connection.QueryAsync<Row>(
            Histories, new { legalEntity, first = first.AddDays(-1), last });
        var accounts = await BillingAccounts.LoadAsync(
            command.Store.Database, rows.Select(row => row.CustomerId), command.Cancellation);
        return
        [
            .. from customer in rows.GroupBy(row => row.CustomerId)
               let clauses = JsonPart.Read<ContractClauses>(customer.First().Clauses)!
               let items = customer.GroupBy(row => (row.InvoiceId, row.InvoiceNumber, row.Installment, row.DueDate))
                   .Select(item => new ItemHistory(
                       item.Key.InvoiceId, item.Key.InvoiceNumber, item.Key.Installment, item.Key.DueDate,
                       [.. item.Select(row => (row.Day, row.Change))], item.First().Disputed))
               let currency = Currency.Of(accounts[customer.Key].Currency)
               let charges = FinanceChargeRules.For(clauses, first, last, items, currency).ToList()
               where charges.Count > 0
               orderby customer.Key
               select (customer.Key, charges),
        ];
    }

    private static async Task<Billed> BillAsync(
        Guid customerId, List<FinanceCharge> charges, InvoiceDraft? draft, Refusal? refusal, Request request,
        HttpCommand command, DocumentNumbers numbers)
    {
        var total = Money.Sum(charges.Select(charge => charge.Amount), charges[0].Amount.Currency);
        var id = Ids.From("finance-charges", customerId.ToString("D"), request.Period);
        var known = await command.Store.LoadAsync(InvoiceStream.Type, id, command.Cancellation);
        if (known.State.Issued is { } before)
            return new Billed(customerId, id, before.Number, before.Total, true, charges);
        if (draft is null)
            return new Billed(customerId, null, null, total, false, charges, Problems.From(refusal!));
        if (request.Preview)
            return new Billed(customerId, null, null, total, false, charges);

        var plan = DocumentIssuing.Plan(id, draft, command.Metadata($"finance charges {request.Period}"));
        var result = await numbers.CommitAsync(
            plan.Series, drawn => plan.Build!(drawn).Batch, command.Cancellation);
        var issued = (await command.Store.LoadAsync(InvoiceStream.Type, id, command.Cancellation)).State.Issued;

        // Lost to another run: that one has billed it. Nothing there means that a deadlock was broken.
        return issued is not null
            ? new Billed(customerId, id, issued.Number, issued.Total, !result.IsCommitted, charges)
            : throw new ContentionException("finance charges", id);
    }

    private sealed class Row
    {
        public Guid CustomerId { get; init; }
        public required string Clauses { get; init; }
        public Guid InvoiceId { get; init; }
        public required string InvoiceNumber { get; init; }
        public int Installment { get; init; }
        public DateOnly DueDate { get; init; }
        public DateOnly Day { get; init; }
        public decimal Disputed { get; init; }
        public decimal Change { get; init; }
    }
}
