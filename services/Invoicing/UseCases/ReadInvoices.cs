using Dapper;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>One invoice, the invoices that match, and what happened to one.</summary>
public static class ReadInvoices
{
    /// <summary>An invoice in a list.</summary>
    /// <param name="Held">Collections holds it back, or something of it, or all of its customer.</param>
    public sealed record Summary(
        Guid Id, string Number, DocumentKind Kind, string LegalEntity, Guid CustomerId, InvoiceStatus Status,
        DateOnly InvoiceDate, DateOnly DueDate, string Terms, bool TermsMismatch, string? OrderReference,
        string? PurchaseOrder, string? ExternalNumber, Money Net, Money Tax, Money Total, Money Balance, long Version,
        string? ContractReference = null, bool Held = false);

    /// <summary>What a list may be cut down to.</summary>
    /// <param name="CustomerId">Who owes.</param>
    /// <param name="LegalEntity">Who is owed.</param>
    /// <param name="Status"><c>open</c>, <c>partially-paid</c>, <c>paid</c>, <c>written-off</c> or
    /// <c>void</c>; several with commas.</param>
    /// <param name="OverdueAsOf">Something was to be paid before this day and is open.</param>
    /// <param name="Number">The invoice's number.</param>
    /// <param name="ExternalNumber">Its number in another system that has billed it.</param>
    /// <param name="OrderReference">The order it bills.</param>
    /// <param name="TermsMismatch">Whether its terms differ from the agreed ones.</param>
    /// <param name="Kind"><c>invoice</c>, <c>debit-memo</c> or <c>deposit</c>.</param>
    /// <param name="Disputed">Whether something of it is disputed.</param>
    /// <param name="Overdue">Whether something of it is open after its due date, today where its entity is.</param>
    /// <param name="PurchaseOrder">The customer's purchase order.</param>
    /// <param name="ContractReference">The contract it bills under.</param>
    /// <param name="Currency">ISO 4217.</param>
    /// <param name="InvoiceDateFrom">Dated on this day or later.</param>
    /// <param name="InvoiceDateTo">Dated on this day or before.</param>
    /// <param name="DueDateFrom">Something of it is due on this day or later, paid or not.</param>
    /// <param name="DueDateTo">Something of it is due on this day or before, paid or not; with both, between.</param>
    /// <param name="Q">Text in its number, external number, order, purchase order or contract.</param>
    /// <param name="Held">Whether Collections holds something of it back that is open, or all of its customer.</param>
    public sealed record Filter(
        Guid? CustomerId, string? LegalEntity, string? Status, DateOnly? OverdueAsOf, string? Number,
        string? OrderReference, bool? TermsMismatch, string? Kind, bool? Disputed, bool? Overdue,
        string? ExternalNumber, string? PurchaseOrder, string? ContractReference, string? Currency,
        DateOnly? InvoiceDateFrom, DateOnly? InvoiceDateTo, DateOnly? DueDateFrom, DateOnly? DueDateTo, string? Q,
        bool? Held);

    /// <summary>What a list may be sorted by.</summary>
    public static readonly SortOrder<Summary> Order =
        new SortOrder<Summary>("i.invoice_id", row => row.Id, standard: "-invoiceDate")
            .By("invoiceDate", "i.invoice_date", row => row.InvoiceDate)
            .By("dueDate", "i.due_date", row => row.DueDate)
            .By("number", "i.number", row => row.Number)
            .By("total", "i.total", row => row.Total.Amount)
            .By("balance", "i.balance", row => row.Balance.Amount);

    /// <summary>Each condition in SQL as <see cref="Invoice.StatusOf"/> has it.</summary>
    private static readonly Dictionary<string, string> Statuses = new(StringComparer.Ordinal)
    {
        ["open"] = "(not i.is_void and i.balance = i.total)",
        ["partially-paid"] = "(not i.is_void and i.balance > 0 and i.balance < i.total)",
        ["paid"] = "(not i.is_void and i.balance = 0 and i.written_off = 0)",
        ["written-off"] = "(not i.is_void and i.balance = 0 and i.written_off > 0)",
        ["void"] = "i.is_void",
    };

    /// <summary>
    /// An index finds what has each three letters of a text, as it does for customers; shorter texts are looked for in
    /// all.
    /// </summary>
    private const string OfIndex =
        "document_threes(i.number || ' ' || coalesce(i.external_number, '') || ' ' || " +
        "coalesce(i.order_reference, '') || ' ' || coalesce(i.purchase_order, '') || ' ' || " +
        "coalesce(i.contract_reference, '')) collate \"C\" @> customer_threes(@Q)";

    private const int LeastOfIndex = 3;

    private const string IsHeld = $"(i.balance > 0 and exists ({DunningHolds.OfInvoice}))";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/invoices/{id:guid}", GetAsync)
            .RequireScope(Scopes.InvoicingRead).Produces<InvoiceView>().WithSummary("One invoice");
        routes.MapGet("/invoices", ListAsync)
            .RequireScope(Scopes.InvoicingRead).Produces<Page<Summary>>().WithSummary("Invoices");
        HistoryEndpoint.Map(
            routes, "/invoices/{id:guid}/history", InvoiceStream.Type, Scopes.InvoicingRead,
            invoice => invoice.Issued?.Books.LegalEntity);
    }

    private static async Task<IResult> GetAsync(
        Guid id, Caller caller, EventStore store, TimeProvider clock, CancellationToken cancellation)
    {
        var (invoice, version) = await store.LoadAsync(InvoiceStream.Type, id, cancellation);
        if (invoice.Issued is not { } issued)
            return Problems.From(InvoiceRefusals.NotFound(id));
        if (caller.Deny(issued.Books.LegalEntity) is { } denied)
            return Problems.From(denied);
        var holds = await DunningHolds.OfInvoiceAsync(store.Database, id, clock.GetUtcNow(), cancellation);
        return Reply.Ok(InvoiceView.Of(id, invoice, version) with { Holds = holds.Count > 0 ? holds : null }, version);
    }

    private static async Task<IResult> ListAsync(
        HttpContext http, ListQuery query, [AsParameters] Filter filter, Caller caller, EventStore store,
        TimeProvider clock, CancellationToken cancellation)
    {
        var page = Order.For(query);
        var parameters = new DynamicParameters(page.Parameters);
        parameters.AddDynamicParams(filter);
        parameters.Add("documentKind", filter.Kind is { } kind ? KindOf(kind) : null);
        parameters.Add("entities", caller.EntityFilter(filter.LegalEntity));
        parameters.Add("now", clock.GetUtcNow());
        parameters.Add("pattern", filter.Q is { } text ? SearchText.Pattern(text) : null);
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            Sql(filter, page), parameters, cancellationToken: cancellation));
        return Listing.Result(http, page.Page([.. rows.Select(row => row.Summary)]));
    }

    /// <summary>
    /// One page of a list. Its parameters are those of the filter and the page, <c>@entities</c>,
    /// <c>@documentKind</c>, <c>@now</c> and <c>@pattern</c> (of <see cref="Filter.Q"/>).
    /// </summary>
    public static string Sql(Filter filter, Keyset<Summary> page) =>
        "select i.invoice_id, i.number, i.legal_entity, i.customer_id, i.invoice_date, i.due_date, i.currency, " +
        "i.terms, i.terms_mismatch, i.order_reference, i.purchase_order, i.external_number, i.net, i.tax, " +
        "i.total, i.balance, i.is_void, i.written_off, i.kind, i.version, i.contract_reference, " +
        $"{IsHeld} as held from invoices i where {string.Join(" and ", [.. Conditions(filter), page.Where])} " +
        $"order by {page.OrderBy} limit {page.Limit}";

    private static IEnumerable<string> Conditions(Filter filter)
    {
        yield return "(@entities::text[] is null or i.legal_entity = any(@entities))";
        if (filter.CustomerId is not null)
            yield return "i.customer_id = @CustomerId";
        if (filter.LegalEntity is not null)
            yield return "i.legal_entity = @LegalEntity";
        if (filter.Number is not null)
            yield return "i.number = @Number";
        if (filter.ExternalNumber is not null)
            yield return "i.external_number = @ExternalNumber";
        if (filter.OrderReference is not null)
            yield return "i.order_reference = @OrderReference";
        if (filter.TermsMismatch is not null)
            yield return "i.terms_mismatch = @TermsMismatch";
        if (filter.Kind is not null)
            yield return "i.kind = @documentKind";
        if (filter.Disputed is not null)
        {
            yield return "@Disputed = exists (select 1 from open_items o where o.invoice_id = i.invoice_id " +
                "and o.disputed > 0)";
        }

        if (filter.Held is not null)
            yield return $"@Held = {IsHeld}";
        if (filter.Held == true)
            yield return DunningHolds.MayBeOfInvoice;
        if (filter.Overdue is not null)
        {
            yield return "@Overdue = (i.balance > 0 and exists (select 1 from open_items o " +
                "join legal_entities e on e.code = o.legal_entity where o.invoice_id = i.invoice_id " +
                "and o.balance > 0 and o.due_date < (@now at time zone e.time_zone)::date))";
        }

        if (filter.OverdueAsOf is not null)
        {
            yield return "i.balance > 0 and exists (select 1 from open_items o where o.invoice_id = i.invoice_id " +
                "and o.balance > 0 and o.due_date < @OverdueAsOf)";
        }

        if (filter.Status is { } status)
            yield return $"({string.Join(" or ", status.Split(',').Select(StatusCondition))})";
        foreach (var condition in ConditionsOfReferences(filter).Concat(ConditionsOfDates(filter)))
            yield return condition;
    }

    private static IEnumerable<string> ConditionsOfReferences(Filter filter)
    {
        if (filter.PurchaseOrder is not null)
            yield return "i.purchase_order = @PurchaseOrder";
        if (filter.ContractReference is not null)
            yield return "i.contract_reference = @ContractReference";
        if (filter.Currency is not null)
            yield return "i.currency = @Currency";
        if (filter.Q?.Length >= LeastOfIndex)
            yield return OfIndex;
        if (filter.Q is not null)
        {
            yield return "(i.number ilike @pattern or i.external_number ilike @pattern " +
                "or i.order_reference ilike @pattern or i.purchase_order ilike @pattern " +
                "or i.contract_reference ilike @pattern)";
        }
    }

    /// <summary>Each installment has its due date.</summary>
    private static IEnumerable<string> ConditionsOfDates(Filter filter)
    {
        if (filter.InvoiceDateFrom is not null)
            yield return "i.invoice_date >= @InvoiceDateFrom";
        if (filter.InvoiceDateTo is not null)
            yield return "i.invoice_date <= @InvoiceDateTo";
        if ((filter.DueDateFrom ?? filter.DueDateTo) is not null)
        {
            yield return "exists (select 1 from open_items o where o.invoice_id = i.invoice_id " +
                "and (@DueDateFrom::date is null or o.due_date >= @DueDateFrom) " +
                "and (@DueDateTo::date is null or o.due_date <= @DueDateTo))";
        }
    }

    private static string KindOf(string kind) => kind switch
    {
        "invoice" => nameof(DocumentKind.Invoice),
        "debit-memo" => nameof(DocumentKind.DebitMemo),
        "deposit" => nameof(DocumentKind.Deposit),
        _ => throw new ProblemException(
            Problems.Malformed("bad-kind", "/kind", "kind is invoice, debit-memo or deposit.")),
    };

    private static string StatusCondition(string status) => Statuses.TryGetValue(status, out var condition)
        ? condition
        : throw new ProblemException(Problems.Malformed(
            "bad-status", "/status", $"status is one of {string.Join(", ", Statuses.Keys)}, or several with commas."));

    private sealed class Row
    {
        public required Guid InvoiceId { get; init; }
        public required string Number { get; init; }
        public required string LegalEntity { get; init; }
        public required Guid CustomerId { get; init; }
        public required DateOnly InvoiceDate { get; init; }
        public required DateOnly DueDate { get; init; }
        public required string Currency { get; init; }
        public required string Terms { get; init; }
        public bool TermsMismatch { get; init; }
        public string? OrderReference { get; init; }
        public string? PurchaseOrder { get; init; }
        public string? ExternalNumber { get; init; }
        public decimal Net { get; init; }
        public decimal Tax { get; init; }
        public decimal Total { get; init; }
        public decimal Balance { get; init; }
        public bool IsVoid { get; init; }
        public decimal WrittenOff { get; init; }
        public required string Kind { get; init; }
        public long Version { get; init; }
        public string? ContractReference { get; init; }
        public bool Held { get; init; }

        public Summary Summary => new(
            InvoiceId, Number, Enum.Parse<DocumentKind>(Kind), LegalEntity, CustomerId,
            Invoice.StatusOf(Total, Balance, IsVoid, WrittenOff), InvoiceDate, DueDate, Terms, TermsMismatch,
            OrderReference, PurchaseOrder, ExternalNumber, Money.Of(Net, Currency), Money.Of(Tax, Currency),
            Money.Of(Total, Currency), Money.Of(Balance, Currency), Version, ContractReference, Held);
    }
}
