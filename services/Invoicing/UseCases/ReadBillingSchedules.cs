using Dapper;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.BillingSchedules;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>Billing schedules, and what they are going to bill.</summary>
public static class ReadBillingSchedules
{
    /// <summary>A schedule in a list.</summary>
    /// <param name="Kind"><c>recurring</c>, <c>milestones</c> or <c>dates</c>.</param>
    /// <param name="Billed">How many of its invoices are issued.</param>
    /// <param name="RefusedCode">Why the last try failed, or null.</param>
    public sealed record Summary(
        Guid Id, string LegalEntity, Guid CustomerId, string Name, string Kind, string Currency, DateOnly? NextBillOn,
        bool IsPaused, DateOnly? EndedOn, int Billed, DateOnly? RefusedOn, string? RefusedCode, long Version);

    /// <summary>An invoice to come.</summary>
    public sealed record Coming(
        string Key, DateOnly BillOn, DateOnly? From, DateOnly? To, Money Net, Money Tax, Money Total);

    /// <summary>Further ahead than this nothing is shown.</summary>
    private const int MaxComing = 120;

    private static readonly SortOrder<Summary> Order =
        new SortOrder<Summary>("schedule_id", row => row.Id, standard: "name").By("name", "name", row => row.Name);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/billing-schedules", ListAsync)
            .RequireScope(Scopes.InvoicingRead).Produces<Page<Summary>>()
            .WithSummary("Billing schedules; ?refused=true those that could not bill");
        routes.MapGet("/billing-schedules/{id:guid}/preview", PreviewAsync)
            .RequireScope(Scopes.InvoicingRead).Produces<IReadOnlyList<Coming>>()
            .WithSummary("What a schedule is going to bill, up to a day");
        ResourceEndpoint.Map(
            routes, "/billing-schedules", BillingScheduleStream.Type, Scopes.InvoicingRead,
            schedule => schedule.Agreed?.LegalEntity, BillingScheduleView.Of, "One billing schedule");
    }

    private static async Task<IResult> PreviewAsync(
        Guid id, DateOnly until, HttpContext http, Caller caller, EventStore store, CancellationToken cancellation)
    {
        var (schedule, _) = await store.LoadAsync(BillingScheduleStream.Type, id, cancellation);
        if (Denied(id, schedule, caller) is { } no)
            return Problems.From(no);
        var accounts = await BillingAccounts.LoadAsync(store.Database, [schedule.Agreed!.CustomerId], cancellation);
        var account = accounts[schedule.Agreed.CustomerId];
        var coming = schedule.Remaining().TakeWhile(period => period.BillOn <= until).Take(MaxComing)
            .Select(period =>
            {
                var lines = InvoicePricing.Price(
                    period.Lines, schedule.Currency, account.TaxRounding, account.Books.Accounts.Revenue);
                var net = Money.Sum(lines.Select(line => line.Net), schedule.Currency);
                var tax = Money.Sum(lines.Select(line => line.Tax), schedule.Currency);
                return new Coming(period.Key, period.BillOn, period.From, period.To, net, tax, net + tax);
            }).ToList();
        return Tables.Result(http, coming, () => Table.Of(coming));
    }

    private static async Task<IResult> ListAsync(
        HttpContext http, ListQuery query, Caller caller, EventStore store, CancellationToken cancellation,
        string? legalEntity = null, Guid? customerId = null, bool? refused = null)
    {
        var page = Order.For(query);
        var parameters = new DynamicParameters(page.Parameters);
        var entities = caller.EntityFilter(legalEntity);
        parameters.AddDynamicParams(new { entities, legalEntity, customerId, refused });
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            "select schedule_id, legal_entity, customer_id, name, kind, currency, next_bill_on, is_paused, ended_on, " +
            "billed, refused_on, refused_code, version from billing_schedules " +
            "where (@entities::text[] is null or legal_entity = any(@entities)) " +
            "and (@legalEntity::text is null or legal_entity = @legalEntity) " +
            "and (@customerId::uuid is null or customer_id = @customerId) " +
            "and (@refused::boolean is null or (refused_on is not null) = @refused) " +
            $"and {page.Where} order by {page.OrderBy} limit {page.Limit}",
            parameters, cancellationToken: cancellation));
        return Listing.Result(http, page.Page([.. rows.Select(row => row.Summary)]));
    }

    private static Refusal? Denied(Guid id, BillingSchedule schedule, Caller caller) =>
        schedule.Agreed is { } agreed ? caller.Deny(agreed.LegalEntity) : BillingScheduleRefusals.NotFound(id);

    private sealed class Row
    {
        public Guid ScheduleId { get; init; }
        public required string LegalEntity { get; init; }
        public Guid CustomerId { get; init; }
        public required string Name { get; init; }
        public required string Kind { get; init; }
        public required string Currency { get; init; }
        public DateOnly? NextBillOn { get; init; }
        public bool IsPaused { get; init; }
        public DateOnly? EndedOn { get; init; }
        public int Billed { get; init; }
        public DateOnly? RefusedOn { get; init; }
        public string? RefusedCode { get; init; }
        public long Version { get; init; }

        public Summary Summary => new(
            ScheduleId, LegalEntity, CustomerId, Name, Kind, Currency, NextBillOn, IsPaused, EndedOn, Billed, RefusedOn,
            RefusedCode, Version);
    }
}
