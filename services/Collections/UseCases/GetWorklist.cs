using System.Text.Json;
using Npgsql;
using OrderToCash.Collections.Contacts;
using OrderToCash.Collections.Forecasts;
using OrderToCash.Collections.Portfolio;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Collections.Worklists;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Collections.UseCases;

/// <summary>One customer's work.</summary>
/// <param name="CustomerId">The customer.</param>
/// <param name="Number">What people call it.</param>
/// <param name="Name">Registered name.</param>
/// <param name="LegalEntity">Whose receivables.</param>
/// <param name="Collector">Who looks after it, or null.</param>
/// <param name="Rank">More comes first; see <see cref="WorkRanking"/>.</param>
/// <param name="Overdue">Past due and collectible in all currencies, in that of the legal entity's books at its newest
/// daily rates: without what is pending, disputed, promised, planned or held.</param>
/// <param name="Items">Items past due with something to collect.</param>
/// <param name="OldestDaysOverdue">Days since the oldest of them was due; 0 when there is none.</param>
/// <param name="Amounts">What there is in each currency, that of the account first.</param>
/// <param name="ChanceOfLate">How likely it pays late, 0 to 1, as the last forecast has it.</param>
/// <param name="OverdueState">The state its arrears put it in, or null.</param>
/// <param name="LastContact">The last time somebody was in touch, or null.</param>
/// <param name="LastNotice">The last notice, or null.</param>
/// <param name="Tasks">Tasks that are open.</param>
/// <param name="NoCall">Why nobody may call, and until when; null where somebody may.</param>
/// <param name="NextAction">What to do next.</param>
/// <param name="Reasons">Why it is here and why this is next, in words.</param>
/// <param name="Pays">How much of its money comes in time, late and very late, as the last forecast has it; null until
/// its row is written anew.</param>
/// <param name="Rating">What kind of payer that makes it, by the policy's benchmarks.</param>
/// <param name="Risk">How much risk Credit sees in it; null where Credit knows too little, or has said nothing.</param>
/// <param name="PreDue">Big items about to fall due, where the policy has such listed; else null.</param>
public sealed record WorklistRow(
    Guid CustomerId, string Number, string Name, string LegalEntity, string? Collector, decimal Rank, Money Overdue,
    int Items, int OldestDaysOverdue, IReadOnlyList<WorkAmounts> Amounts, decimal ChanceOfLate, string? OverdueState,
    LastContact? LastContact, LastNotice? LastNotice, IReadOnlyList<OpenTask> Tasks, Suppression? NoCall,
    NextAction NextAction, IReadOnlyList<string> Reasons, PaymentTimes? Pays = null, PayerRating? Rating = null,
    CustomerRisk? Risk = null, PreDueWork? PreDue = null);

/// <summary>
/// Who needs attention, first where the most loss can be avoided: one row per customer with something past due, with
/// big items about to fall due where the policy says what is big, and with something else to see to. Rows are written
/// whenever something about a customer changes or a day begins. What is done leaves until something about it changes,
/// or the day has come that was named; who must not be contacted is never on it. Ranks and sums are in the currency of
/// a legal entity's books: those of entities that keep them in different ones are not put in one order.
/// </summary>
public static class GetWorklist
{
    private const string Currencies =
        """
        select distinct w.currency from legal_entities e cross join lateral (
            select w.currency from worklist_customers w left join collectors k on k.customer_id = w.customer_id
            where w.legal_entity = e.code and (@collector is null or k.collector = @collector) limit 1) w
        where (@entities::text[] is null or e.code = any(@entities)) order by 1
        """;

    private const string Select =
        "select c.id, c.number, c.name, c.legal_entity, k.collector, w.rank, w.overdue, w.currency, w.work::text " +
        "from worklist_customers w join customers c on c.id = w.customer_id " +
        "left join legal_entities e on e.code = c.legal_entity " +
        "left join collectors k on k.customer_id = c.id left join merged_customers o on o.customer_id = c.id " +
        "where (@entities::text[] is null or c.legal_entity = any(@entities)) " +
        "and (@collector is null or k.collector = @collector) " +
        "and (position(w.fingerprint in coalesce(k.done_with, '')) = 0 " +
        "or (k.done_until_with = k.done_with " +
        "and k.done_until <= (@now at time zone coalesce(e.time_zone, 'UTC'))::date)) " +
        "and not exists (select 1 from holds h left join merged_customers m on m.customer_id = h.customer_id " +
        "where h.status = 'active' and h.kind <> 'dunning-block' " +
        "and coalesce(m.survivor_id, h.customer_id) = coalesce(o.survivor_id, c.id))";

    private static readonly SortOrder<WorklistRow> Order = new SortOrder<WorklistRow>(
            "c.id", row => row.CustomerId, standard: "-rank")
        .By("rank", "w.rank", row => row.Rank)
        .By("overdue", "w.overdue", row => row.Overdue.Amount)
        .By("daysOverdue", "w.days_overdue", row => row.OldestDaysOverdue)
        .By("name", "c.name", row => row.Name);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/v1/collections/worklist", Handle)
        .RequireScope(Scopes.CollectionsRead)
        .Produces<Page<WorklistRow>>()
        .WithSummary("Who needs attention, first where the most loss can be avoided");

    private static async Task<IResult> Handle(
        string? legalEntity, string? collector, ListQuery query, NpgsqlDataSource database, TimeProvider clock,
        HttpContext http)
    {
        var caller = Caller.Of(http);
        if (legalEntity is null
            && await CurrenciesAsync(collector, caller, database, http.RequestAborted) is { Count: > 1 } several)
            return Problems.From(SeveralCurrencies(several));
        var page = Order.For(query);
        await using var command = database.CreateCommand(
            $"{Select} and {page.Where} order by {page.OrderBy} limit {page.Limit}");
        command.AddEntities(caller, legalEntity);
        command.AddOptional("collector", collector);
        page.AddTo(command);
        var now = clock.GetUtcNow();
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset>("now", now));
        return Listing.Result(http, page.Page(await command.ReadAsync(row => Row(row, now), http.RequestAborted)));
    }

    /// <summary>Those that what the caller would see is compared in, one for each legal entity.</summary>
    private static async Task<IReadOnlyList<string>> CurrenciesAsync(
        string? collector, Caller caller, NpgsqlDataSource database, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(Currencies);
        command.AddEntities(caller, null);
        command.AddOptional("collector", collector);
        return await command.ReadAsync(row => row.GetString(0), cancellation);
    }

    private static Refusal SeveralCurrencies(IReadOnlyList<string> currencies) => new(
        "several-currencies",
        $"The books behind this worklist are kept in {string.Join(", ", currencies)}: ask for one legal entity.",
        Field: "/legalEntity");

    private static WorklistRow Row(NpgsqlDataReader row, DateTimeOffset now)
    {
        var facts = JsonSerializer.Deserialize<WorkFacts>(row.GetString(8), Json.Stored)!;
        return new WorklistRow(
            row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetString(3), row.Text(4), row.GetDecimal(5),
            row.Money(6, 7), facts.Items, facts.OldestDaysOverdue, facts.Amounts, facts.ChanceOfLate,
            facts.OverdueState, facts.LastContact, facts.LastNotice, facts.Tasks,
            facts.MayCall(now) ? null : facts.NoCall, NextActions.For(facts, now), NextActions.Reasons(facts),
            facts.Pays, facts.Rating, facts.Risk, facts.PreDue);
    }
}
