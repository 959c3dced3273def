using Dapper;
using OrderToCash.Credit.Applications;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Credit.ReadModels;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Credit.Decisions;

/// <summary>A review that falls due.</summary>
/// <param name="CustomerId">The customer.</param>
/// <param name="Name">Its registered name.</param>
/// <param name="LegalEntity">Code of the selling company.</param>
/// <param name="RiskClass">A to E, or null.</param>
/// <param name="Limit">The limit that lasts.</param>
/// <param name="DueOn">The day.</param>
/// <param name="Trigger">Why, in words.</param>
/// <param name="LimitUntil">The last day of that limit; null for none.</param>
public sealed record DueReview(
    Guid CustomerId, string Name, string LegalEntity, string? RiskClass, Money Limit, DateOnly DueOn, string Trigger,
    DateOnly? LimitUntil = null);

/// <summary>
/// Opens the reviews that fall due: by the time since a customer was looked at last, by its risk class, and by what has
/// happened since. One customer has one open case at a time, and at most one review a day. Who withdraws a case that no
/// round before has decided has not looked at the customer: what was due before it is due again on the next day. What
/// is reviewed is the limit that lasts: one for some days ends by itself and is nobody's from then on.
/// </summary>
public sealed class ReviewsDue(EventStore store)
{
    /// <summary>
    /// Most that a run opens, the most urgent first; the others' turn comes with the next days. Each may ask the
    /// bureau, which is paid for, and new applications wait behind them.
    /// </summary>
    private const int MostPerRun = 500;

    /// <summary>A trigger that stays true does not ask for a review again before this many days.</summary>
    private const int QuietDays = 30;

    private const string Due =
        """
        with looked as (
            select a.customer_id, a.name, a.risk_class, a.opened_at, a.limit_amount, a.limit_expires_on,
                   c.last, c.decided
            from credit_accounts a
            cross join lateral (
                select max(c.submitted_at) as last, max(coalesce(c.decided_at, c.submitted_at)) as decided
                from credit_applications c where c.customer_id = a.customer_id
                  and (c.status <> 'withdrawn' or c.round > 1)) c
            where a.legal_entity = @entity and a.limit_amount > 0 and a.status <> 'merged'
              and not exists (select 1 from credit_applications c where c.customer_id = a.customer_id
                  and c.status in ('assessing', 'in-review', 'information-needed', 'awaiting-approval'))
        ), dated as (
            select l.*, (coalesce(l.last, l.opened_at) at time zone @zone)::date as last_day,
                   (coalesce(l.decided, l.opened_at) at time zone @zone)::date as decided_day,
                   coalesce((@days::jsonb->>coalesce(l.risk_class, '*'))::int, (@days::jsonb->>'*')::int) as every,
                   l.limit_expires_on - @beforeExpiry::int as before_limit
            from looked l
        ), falling as (
            select d.*, p.currency, p.counted, p.granted, c.until as cover_until, w.kind as worsened,
                   d.last_day + d.every as by_time,
                   case when p.granted > 0 and p.counted * 100 > p.granted * @utilisation::numeric
                       then d.last_day + @quiet end as by_use,
                   case when d.last_day < d.before_limit then d.before_limit end as by_limit,
                   c.until - @beforeExpiry::int as by_cover,
                   case when @onBrokenPromise and exists (select 1 from credit_incidents i
                       where i.customer_id = d.customer_id and i.holds and i.kind <> 'returned-payment'
                         and i.day >= d.last_day) then d.last_day + @quiet end as by_promise,
                   case when w.kind is not null then @today end as by_worsening,
                   case when @onWorsening and exists (select 1 from bureau_reports u
                       where u.customer_id = d.customer_id and u.received_on > d.decided_day
                         and u.paydex >= @paydexFrom and u.failure_percentile < @failureBelow)
                       then @today end as by_cloaking
            from dated d
            join credit_positions(@now, @entity) p on p.customer_id = d.customer_id
            left join lateral (select min(v.valid_until) as until from credit_cover v
                where v.customer_id = d.customer_id and v.valid_until >= @today
                  and d.last_day < v.valid_until - @beforeExpiry::int) c on true
            left join lateral (select max(x.kind) as kind from credit_alerts x
                where @onWorsening and x.customer_id = d.customer_id and x.kind = any(@worse)
                  and x.raised_at > coalesce(d.decided, d.opened_at)) w on true
        ), due as (
            select f.*, least(f.by_time, f.by_use, f.by_limit, f.by_cover, f.by_promise, f.by_worsening,
                   f.by_cloaking) as due_on
            from falling f
        )
        select d.customer_id as CustomerId, d.name as Name, d.risk_class as RiskClass, d.currency as Currency,
               d.limit_amount as Amount, d.limit_expires_on as LimitUntil, d.due_on as DueOn,
               case d.due_on
                   when d.by_time then 'The review of every ' || d.every || ' days is due.'
                   when d.by_worsening then 'Since it was looked at last: ' || d.worsened || '.'
                   when d.by_cloaking then 'It pays promptly while its failure score has collapsed.'
                   when d.by_use then round(d.counted * 100 / d.granted, 1) || ' % of the limit are used.'
                   when d.by_limit then 'The limit expires on ' || d.limit_expires_on || '.'
                   when d.by_cover then 'What covers it ends on ' || d.cover_until || '.'
                   else 'A promise was broken.'
               end as Trigger
        from due d where d.due_on <= @until
        order by d.due_on, d.customer_id limit @most
        """;

    /// <summary>Opens them; how many.</summary>
    public async Task<int> OpenAsync(
        string legalEntity, string timeZone, DecisionFacts facts, DateTimeOffset now, CancellationToken cancellation)
    {
        var opened = 0;
        var falling = await FallingDueAsync(
            legalEntity, timeZone, facts, now, facts.Today, cancellation, MostPerRun);
        foreach (var due in falling)
        {
            var submitted = new ApplicationSubmitted(
                Assessor.Review, due.CustomerId, legalEntity, due.Name, due.Limit, null, null, due.Trigger,
                CreditService.Name, due.Limit, due.LimitUntil);
            var decided = await store.DecideAsync(
                ApplicationStream.Type, Ids.From("credit-review", $"{due.CustomerId:N}", $"{facts.Today:yyyy-MM-dd}"),
                new EventMetadata(CreditService.Name, Reason: due.Trigger),
                application => ApplicationDecider.Submit(application, submitted), cancellation: cancellation);
            opened += decided.Events.Count;
        }

        return opened;
    }

    /// <summary>
    /// Those that fall due by a day if nothing else happens, the most urgent first; at most so many where it is said.
    /// </summary>
    public async Task<IReadOnlyList<DueReview>> FallingDueAsync(
        string legalEntity, string timeZone, DecisionFacts facts, DateTimeOffset now, DateOnly until,
        CancellationToken cancellation, int? most = null)
    {
        var (policy, applications) = (facts.Policy.Policy.Reviews, facts.Policy.Policy.Applications);
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            Due,
            new
            {
                entity = legalEntity,
                zone = timeZone,
                days = System.Text.Json.JsonSerializer.Serialize(policy.Days),
                today = facts.Today,
                until,
                most,
                now,
                quiet = QuietDays,
                utilisation = policy.UtilisationPercent,
                beforeExpiry = policy.BeforeExpiryDays,
                onBrokenPromise = policy.OnBrokenPromise,
                onWorsening = policy.OnWorsening,
                paydexFrom = applications.PaydexFrom,
                failureBelow = applications.FailureBelow,
                worse = new[] { AlertsProjection.WorsenedClass }.Concat(applications.KnockOuts).ToArray(),
            },
            cancellationToken: cancellation));
        return
        [
            .. rows.Select(row => new DueReview(
                row.CustomerId, row.Name, legalEntity, row.RiskClass, Money.Of(row.Amount, row.Currency), row.DueOn,
                row.Trigger, row.LimitUntil)),
        ];
    }

    private sealed record Row
    {
        public Guid CustomerId { get; init; }
        public string Name { get; init; } = "";
        public string? RiskClass { get; init; }
        public string Currency { get; init; } = "";
        public decimal Amount { get; init; }
        public DateOnly? LimitUntil { get; init; }
        public DateOnly DueOn { get; init; }
        public string Trigger { get; init; } = "";
    }
}
