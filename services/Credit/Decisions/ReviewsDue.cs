using Dapper;
using OrderToCash.Credit.Applications;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Credit.Policies;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Credit.Decisions;

/// <summary>
/// Opens the reviews that fall due: by the time since a customer was looked at last, by its risk class, and by what has
/// happened since. One customer has one open case at a time, and at most one review a day. What is reviewed is the
/// limit that lasts: one for some days ends by itself and is nobody's from then on.
/// </summary>
public sealed class ReviewsDue(EventStore store)
{
    /// <summary>A trigger that stays true does not ask for a review again before this many days.</summary>
    private const int QuietDays = 30;

    private const string Due =
        """
        with looked as (
            select a.customer_id, a.name, a.risk_class, a.opened_at, a.limit_amount, a.limit_expires_on,
                   (select max(c.submitted_at) from credit_applications c where c.customer_id = a.customer_id) as last
            from credit_accounts a
            where a.legal_entity = @entity and a.limit_amount > 0 and a.status <> 'merged'
              and not exists (select 1 from credit_applications c where c.customer_id = a.customer_id
                  and c.status in ('assessing', 'in-review', 'information-needed', 'awaiting-approval'))
        ), dated as (
            select l.*, (coalesce(l.last, l.opened_at) at time zone @zone)::date as last_day,
                   coalesce((@days::jsonb->>coalesce(l.risk_class, '*'))::int, (@days::jsonb->>'*')::int) as every
            from looked l
        )
        select d.customer_id as CustomerId, d.name as Name, p.currency as Currency, d.limit_amount as Amount,
               case when d.every is not null and d.last_day + d.every <= @today
                        then 'The review of every ' || d.every || ' days is due.'
                    when p.granted > 0 and p.counted * 100 > p.granted * @utilisation
                        and d.last_day + @quiet <= @today
                        then round(p.counted * 100 / p.granted, 1) || ' % of the limit are used.'
                    when d.limit_expires_on - @beforeExpiry <= @today
                        and d.last_day < d.limit_expires_on - @beforeExpiry
                        then 'The limit expires on ' || d.limit_expires_on || '.'
                    when @onBrokenPromise and exists (select 1 from credit_incidents i
                        where i.customer_id = d.customer_id and i.holds and i.kind <> 'returned-payment'
                          and i.day >= d.last_day)
                        and d.last_day + @quiet <= @today
                        then 'A promise was broken.'
               end as Trigger
        from dated d join credit_positions(@now) p on p.customer_id = d.customer_id
        """;

    /// <summary>Opens them; how many.</summary>
    public async Task<int> OpenAsync(
        string legalEntity, string timeZone, DecisionFacts facts, DateTimeOffset now, CancellationToken cancellation)
    {
        var opened = 0;
        foreach (var row in await ReadAsync(legalEntity, timeZone, facts, now, cancellation))
        {
            var submitted = new ApplicationSubmitted(
                Assessor.Review, row.CustomerId, legalEntity, row.Name, Money.Of(row.Amount, row.Currency), null, null,
                row.Trigger!, CreditService.Name);
            var decided = await store.DecideAsync(
                ApplicationStream.Type, Ids.From("credit-review", $"{row.CustomerId:N}", $"{facts.Today:yyyy-MM-dd}"),
                new EventMetadata(CreditService.Name, Reason: row.Trigger),
                application => ApplicationDecider.Submit(application, submitted), cancellation: cancellation);
            opened += decided.Events.Count;
        }

        return opened;
    }

    private async Task<List<Row>> ReadAsync(
        string legalEntity, string timeZone, DecisionFacts facts, DateTimeOffset now, CancellationToken cancellation)
    {
        ReviewPolicy policy = facts.Policy.Policy.Reviews;
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            Due,
            new
            {
                entity = legalEntity,
                zone = timeZone,
                days = System.Text.Json.JsonSerializer.Serialize(policy.Days),
                today = facts.Today,
                now,
                quiet = QuietDays,
                utilisation = policy.UtilisationPercent,
                beforeExpiry = policy.BeforeExpiryDays,
                onBrokenPromise = policy.OnBrokenPromise,
            },
            cancellationToken: cancellation));
        return [.. rows.Where(row => row.Trigger is not null)];
    }

    private sealed record Row
    {
        public Guid CustomerId { get; init; }
        public string Name { get; init; } = "";
        public string Currency { get; init; } = "";
        public decimal Amount { get; init; }
        public string? Trigger { get; init; }
    }
}
