using Dapper;
using OrderToCash.CashApplication.BankAccounts;
using OrderToCash.CashApplication.Presentations;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>A payment that Collections wants presented again.</summary>
/// <param name="Id">One for each customer and currency.</param>
/// <param name="CustomerNumber">Null while the customer is not known here.</param>
/// <param name="Status"><c>due</c>, <c>waiting</c>, <c>stopped</c>, <c>paid</c> or <c>refused</c>.</param>
/// <param name="Standing">The same more exactly, a code of <see cref="PresentationStanding"/>.</param>
/// <param name="Reason">The same in words.</param>
/// <param name="AskedOn">The day on which it was asked for, where the legal entity is.</param>
/// <param name="State">Code of the customer's overdue state.</param>
/// <param name="Attempt">Which try of that state it is, from 1.</param>
/// <param name="Asked">What was past due then.</param>
/// <param name="Payable">What may be presented now; zero where it is not due.</param>
/// <param name="Last">What was presented last, or null.</param>
public sealed record PresentationView(
    Guid Id, string LegalEntity, Guid CustomerId, string? CustomerNumber, string Status, string Standing,
    string Reason, DateOnly AskedOn, string State, int Attempt, Money Asked, Money Payable, PresentedView? Last);

/// <summary>A debit or card payment that was presented.</summary>
/// <param name="Method"><c>ach</c> or <c>card</c>.</param>
/// <param name="Instrument">The last four characters of the account or token.</param>
/// <param name="PendingPaymentId">The money on its way that it became.</param>
/// <param name="ReceiptId">The receipt of its money, whether or not it came back; null while there is none.</param>
public sealed record PresentedView(
    string Method, string Instrument, Money Amount, DateOnly On, Guid PendingPaymentId, Guid? ReceiptId);

/// <summary>Reads of payments that are to be presented again.</summary>
public static class PresentationQueries
{
    private static readonly SortOrder<PresentationRow> Order =
        new SortOrder<PresentationRow>("id", row => row.Id, standard: "askedOn")
            .By("askedOn", "asked_on", row => row.AskedOn)
            .By("asked", "asked", row => row.Asked);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/presentations", List)
            .RequireScope(Scopes.CashRead).Produces<Page<PresentationView>>().WithTags("Presentations")
            .WithSummary("Payments that Collections wants presented again: due, waiting, stopped and why");
        routes.MapGet("/v1/presentations/{id:guid}", Get)
            .RequireScope(Scopes.CashRead).Produces<PresentationView>().WithTags("Presentations")
            .WithSummary("A payment that is to be presented again");
        HistoryEndpoint.Map(
            routes, "/v1/presentations/{id}/history", Presentation.Type, Scopes.CashRead,
            presentation => presentation.LegalEntity, shown: Masked);
    }

    private static async Task<IResult> List(
        string? status, string? legalEntity, Guid? customerId, ListQuery query, EventStore store, TimeProvider clock,
        HttpContext http)
    {
        if (status is not null && !PresentationStanding.Statuses.Contains(status))
        {
            return Problems.Malformed(
                "bad-status", "/status", $"status is one of {string.Join(", ", PresentationStanding.Statuses)}.");
        }

        var page = Order.For(query);
        var parameters = new DynamicParameters(page.Parameters);
        PresentationFacts.Add(parameters, clock.GetUtcNow());
        parameters.Add("standings", status is null ? null : PresentationStanding.Of(status));
        parameters.Add("legalEntity", legalEntity);
        parameters.Add("customerId", customerId);
        parameters.Add("entities", Caller.Of(http).EntityFilter(legalEntity));
        await using var connection = await store.Database.OpenConnectionAsync(http.RequestAborted);
        var rows = await connection.QueryAsync<PresentationRow>(new CommandDefinition(
            $"select {PresentationFacts.Columns} from {PresentationFacts.Sql} " +
            "where (@standings::text[] is null or standing = any(@standings)) " +
            "and (@legalEntity::text is null or legal_entity = @legalEntity) " +
            "and (@customerId::uuid is null or customer_id = @customerId) " +
            "and (@entities::text[] is null or legal_entity = any(@entities)) " +
            $"and {page.Where} order by {page.OrderBy} limit {page.Limit}",
            parameters, cancellationToken: http.RequestAborted));
        return Listing.Result(http, page.Page(rows.AsList()).Select(row => row.ToView()));
    }

    private static async Task<IResult> Get(Guid id, EventStore store, TimeProvider clock, HttpContext http)
    {
        await using var connection = await store.Database.OpenConnectionAsync(http.RequestAborted);
        if (await PresentationFacts.FindAsync(connection, id, clock.GetUtcNow(), http.RequestAborted) is not { } row)
            return Problems.From(PresentationRefusals.NotFound(id));
        if (Caller.Of(http).Deny(row.LegalEntity) is { } denied)
            return Problems.From(denied);
        var (_, version) = await store.LoadAsync(Presentation.Type, id, http.RequestAborted);
        return Reply.Ok(row.ToView(), version);
    }

    private static object Masked(object fact) => fact switch
    {
        PresentationTaken e => e with { Instrument = ShownAccount.Masked(e.Instrument) },
        PresentationDeclined e => e with { Instrument = ShownAccount.Masked(e.Instrument) },
        _ => fact,
    };
}
