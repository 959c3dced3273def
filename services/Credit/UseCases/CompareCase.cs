using Dapper;
using OrderToCash.Credit.Applications;
using OrderToCash.Credit.Decisions;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Credit.UseCases;

/// <summary>Customers that one is compared with.</summary>
/// <param name="Of"><c>segment</c> or <c>legal-entity</c>.</param>
/// <param name="Name">Which one.</param>
/// <param name="Customers">How many they are, the one among them.</param>
/// <param name="Scored">How many of them have a score.</param>
/// <param name="Score">Their average score; null where nobody has one.</param>
/// <param name="BehaviourScore">The same from behaviour alone.</param>
/// <param name="WorsePercent">How many of those with a score have a lower one than the customer; null where it, or
/// nobody, has one.</param>
/// <param name="DaysSalesOutstanding">Their days of sales outstanding on average, as of the last daily run; null where
/// nobody was billed.</param>
/// <param name="AverageBalance">What those with the currency of the customer owed on average in the last 365 days; null
/// where that is not known.</param>
public sealed record Peers(
    string Of, string Name, long Customers, long Scored, decimal? Score, decimal? BehaviourScore,
    decimal? WorsePercent, decimal? DaysSalesOutstanding, decimal? AverageBalance);

/// <summary>How a customer stands beside others.</summary>
/// <param name="CustomerId">The customer of the case.</param>
/// <param name="Score">Its score, 0 to 100, or null.</param>
/// <param name="BehaviourScore">The same from its behaviour towards us alone.</param>
/// <param name="MonthlyBilling">What is billed in a month on average, in the account's currency; null without invoices.
/// </param>
/// <param name="DaysBeyondTerms">Days after the due date on which it pays, weighted by amount and recency.</param>
/// <param name="DaysSalesOutstanding">What it owes now ÷ what was billed in the last 365 days × 365, in the account's
/// currency; null where nothing was billed.</param>
/// <param name="Peers">Those it is compared with: its segment, where it is in one, and its legal entity.</param>
/// <param name="AverageBalance">What it owed at the end of a day, on average of the last 365 days up to the last daily
/// run, or of as many as are known, in the account's currency; null where none is.</param>
public sealed record CaseComparison(
    Guid CustomerId, int? Score, int? BehaviourScore, decimal? MonthlyBilling, decimal? DaysBeyondTerms,
    decimal? DaysSalesOutstanding, IReadOnlyList<Peers> Peers, decimal? AverageBalance);

/// <summary><c>GET /v1/credit/applications/{id}/comparison</c>: the customer of a case beside others.</summary>
public static class CompareCase
{
    private const string Others =
        """
        select g.kind as Of, g.name as Name, count(*) as Customers, count(a.score) as Scored,
               round(avg(a.score), 1) as Score, round(avg(a.behaviour_score), 1) as BehaviourScore,
               case when o.score is not null then round(
                   count(*) filter (where a.score < o.score) * 100.0 / nullif(count(a.score), 0), 1) end
                   as WorsePercent,
               round(avg(f.days_sales_outstanding), 1) as DaysSalesOutstanding,
               round(avg(f.average_balance) filter (where a.currency = o.currency), minor_units(o.currency))
                   as AverageBalance
        from credit_accounts o
        cross join lateral (
            select 1 as place, 'segment' as kind, o.segment as name where o.segment is not null
            union all
            select 2, 'legal-entity', o.legal_entity) g
        join credit_accounts a on a.legal_entity = o.legal_entity and a.status <> 'merged'
            and (g.kind = 'legal-entity' or a.segment = o.segment)
        left join credit_figures f on f.customer_id = a.customer_id
        where o.customer_id = @customerId
        group by g.place, g.kind, g.name, o.score, o.currency
        order by g.place
        """;

    private const string Outstanding =
        "select round(sum(r.balance) * 365 / nullif(sum(r.amount) filter (" +
        "where r.invoice_date > @today::date - 365 and r.invoice_date <= @today), 0), 1) " +
        "from credit_receivables r join credit_accounts a on a.customer_id = r.customer_id " +
        "and a.currency = r.currency where r.customer_id = @customerId";

    private const string Balance =
        "select round(f.average_balance, minor_units(a.currency)) from credit_figures f " +
        "join credit_accounts a on a.customer_id = f.customer_id where f.customer_id = @customerId";

    /// <summary>Maps the route.</summary>
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/v1/credit/applications/{id:guid}/comparison", HandleAsync)
        .RequireScope(Scopes.CreditRead).Produces<CaseComparison>()
        .WithSummary("The customer of a case beside others of its segment and legal entity");

    private static async Task<IResult> HandleAsync(
        Guid id, Caller caller, EventStore store, DecisionBooks books, FactsReader reader,
        CancellationToken cancellation)
    {
        var (application, version) = await store.LoadAsync(ApplicationStream.Type, id, cancellation);
        if (CaseCommand.Deny(id, application, caller) is { } denied)
            return Problems.From(denied);
        var customerId = application.Submitted!.CustomerId;
        var facts = await books.FactsAsync(application.Submitted.LegalEntity, cancellation);
        if (await reader.OneAsync(customerId, facts, cancellation) is not { } known)
            return Problems.From(Refusal.NotFound("credit account", customerId));
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var peers = await connection.QueryAsync<Peers>(new CommandDefinition(
            Others, new { customerId }, cancellationToken: cancellation));
        var outstanding = await connection.QuerySingleAsync<decimal?>(new CommandDefinition(
            Outstanding, new { customerId, today = facts.Today }, cancellationToken: cancellation));
        var balance = await connection.QueryFirstOrDefaultAsync<decimal?>(new CommandDefinition(
            Balance, new { customerId }, cancellationToken: cancellation));
        var behaviour = known.Facts.Behaviour;
        return Reply.Ok(
            new CaseComparison(
                customerId, known.Score, known.BehaviourScore, behaviour.MonthlyBilling, behaviour.DaysBeyondTerms,
                outstanding, peers.AsList(), balance),
            version);
    }
}
