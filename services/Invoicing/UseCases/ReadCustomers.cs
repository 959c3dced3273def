using Dapper;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.PersonalData;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>One customer, the customers that match, and what happened to one.</summary>
public static class ReadCustomers
{
    private static readonly SortOrder<CustomerView> Order =
        new SortOrder<CustomerView>("customer_id", row => row.Id, standard: "number")
            .By("number", "number", row => row.Number)
            .By("name", "name", row => row.Name);

    /// <summary>
    /// An index finds what contains a text of three letters or more; shorter ones are looked for in all.
    /// </summary>
    private const string OfIndex =
        "customer_threes(name || ' ' || number || ' ' || coalesce(external_id, '')) @> customer_threes(@q)";

    private const int LeastOfIndex = 3;

    public static void Map(IEndpointRouteBuilder routes)
    {
        ResourceEndpoint.Map(
            routes, "/customers", CustomerStream.Type, Scopes.InvoicingRead, customer => customer.Now?.LegalEntity,
            (id, customer, version) => CustomerView.Of(id, customer.Now!, version), "One customer");
        routes.MapGet("/customers", ListAsync)
            .RequireScope(Scopes.InvoicingRead).Produces<Page<CustomerView>>()
            .WithSummary("Customers; q looks into name, number and external id");
    }

    private static async Task<IResult> ListAsync(
        HttpContext http, ListQuery query, Caller caller, EventStore store,
        CancellationToken cancellation, string? q = null, string? legalEntity = null, Guid? parentId = null,
        string? status = null, string? segment = null, string? terms = null)
    {
        var page = Order.For(query);
        var parameters = new DynamicParameters(page.Parameters);
        parameters.Add("entities", caller.EntityFilter(legalEntity));
        parameters.Add("legalEntity", legalEntity);
        parameters.Add("parentId", parentId);
        parameters.Add("pattern", q is null ? null : SearchText.Pattern(q));
        parameters.Add("q", q);
        parameters.Add("status", EnumFilter.Value<CustomerStatus>("status", status)?.ToString());
        parameters.Add("segment", segment);
        parameters.Add("terms", terms is null ? null : Spelled(terms));
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            "select customer_id, number, legal_entity, name, external_id, currency, country, language, segment, " +
            "terms, terms_origin, parent_id, contacts, discount_grace_days, clauses, statements, status, " +
            "merged_into, bill_to, invoices, agreed_billing, version from customers " +
            "where (@entities::text[] is null or legal_entity = any(@entities)) " +
            "and (@legalEntity::text is null or legal_entity = @legalEntity) " +
            "and (@parentId::uuid is null or parent_id = @parentId) " +
            "and (@status::text is null or status = @status) " +
            "and (@segment::text is null or segment = @segment) " +
            "and (@terms::text is null or terms = @terms) " +
            "and (@pattern::text is null or name ilike @pattern or number ilike @pattern " +
            $"or external_id ilike @pattern) and {(q?.Length >= LeastOfIndex ? OfIndex : "true")} " +
            $"and {page.Where} order by {page.OrderBy} limit {page.Limit}",
            parameters, cancellationToken: cancellation));
        var views = rows.Select(row => row.View).ToList();
        await ContactKeys.OpenAsync([.. views.Select(view => view.Contacts)], connection, cancellation);
        return Listing.Result(http, page.Page(views));
    }

    /// <summary>Terms are kept in one spelling, whatever that is asked for.</summary>
    private static string Spelled(string terms) => PaymentTerms.TryParse(terms, out var known)
        ? known.ToString()
        : throw new ProblemException(Problems.Malformed("bad-terms", "/terms", "terms are such as NET 30."));

    private sealed class Row
    {
        public required Guid CustomerId { get; init; }
        public required string Number { get; init; }
        public required string LegalEntity { get; init; }
        public required string Name { get; init; }
        public string? ExternalId { get; init; }
        public required string Currency { get; init; }
        public required string Country { get; init; }
        public required string Language { get; init; }
        public string? Segment { get; init; }
        public required string Terms { get; init; }
        public Guid? ParentId { get; init; }
        public required string Contacts { get; init; }
        public int DiscountGraceDays { get; init; }
        public required string TermsOrigin { get; init; }
        public string? Clauses { get; init; }
        public string? Statements { get; init; }
        public required string Status { get; init; }
        public Guid? MergedInto { get; init; }
        public string? BillTo { get; init; }
        public string? Invoices { get; init; }
        public string? AgreedBilling { get; init; }
        public long Version { get; init; }

        public CustomerView View => new(
            CustomerId, Number, LegalEntity, Name, ExternalId, Currency, Country, Language, Segment, Terms,
            Enum.Parse<TermsOrigin>(TermsOrigin), ParentId,
            StoredContacts.Read(Contacts), DiscountGraceDays,
            JsonPart.Read<ContractClauses>(Clauses), JsonPart.Read<StatementPreference>(Statements),
            Enum.Parse<CustomerStatus>(Status), MergedInto, JsonPart.Read<BillTo>(BillTo),
            JsonPart.Read<InvoicePreference>(Invoices), Version, AgreedBilling);
    }
}
