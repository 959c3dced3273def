using Npgsql;
using OrderToCash.Collections.Accounts;
using OrderToCash.Collections.Dunning;
using OrderToCash.Collections.Escalations;
using OrderToCash.Collections.Integration;
using OrderToCash.Collections.OverdueStates;
using OrderToCash.Collections.Policies;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Collections.Recommendations;
using OrderToCash.Collections.Tasks;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Reviews;

/// <summary>
/// Puts customers into the overdue state that their arrears ask for, and does what entering it leads to, in one
/// transaction. With a customer that nobody may get in touch with only the state changes, and what others are
/// told of it: no call, no recommendation and no retry, and no escalation but that of a state which asks for the hold.
/// Whoever places a hold is in turn with it, by the locks of contact.
/// </summary>
public sealed class FollowOverdueStates(
    EventSourcing.EventStore store, Recommender recommender, TimeProvider clock) : IReviewStep
{
    /// <summary>
    /// What a state that was entered under a hold has led to is not known here: it may be noted only.
    /// </summary>
    private const string States =
        $"""
        select c.id, s.state, s.entered_on, s.retries, exists (
                   select 1 from jsonb_array_elements_text(s.arrears->'Holds') h where h <> 'dunning-block'),
               {CompanyHolds.Kinds}, {ContactBook.Company}
        from unnest($1) as c (id) left join overdue_states s on s.customer_id = c.id
        """;

    /// <inheritdoc/>
    public async Task ReviewAsync(ReviewChunk chunk, CancellationToken cancellation)
    {
        var items = await chunk.ItemsAsync(cancellation);
        await using var command = store.Database.CreateCommand(States);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = chunk.Ids });
        var known = (await command.ReadAsync(
            row => (Id: row.GetGuid(0), State: new OverdueState
            {
                Code = row.Text(1),
                EnteredOn = row.Optional<DateOnly>(2) ?? default,
                Retries = row.Optional<int>(3) ?? 0,
                IsOnlyNoted = row.GetBoolean(4),
            }, Holds: row.GetFieldValue<string[]>(5), Company: row.GetFieldValue<Guid[]>(6)),
            cancellation)).ToDictionary(row => row.Id);
        foreach (var customer in chunk.Customers)
        {
            var (_, state, holds, company) = known[customer.Id];
            var arrears = Of(items[customer.Id], customer.Today, holds);
            if (Decide(state, customer, arrears).Events.Count > 0)
                await EnterAsync(customer, arrears, company, cancellation);
        }
    }

    private Task EnterAsync(
        ReviewedCustomer customer, Arrears arrears, IReadOnlyList<Guid> company, CancellationToken cancellation) =>
        store.CommitAsync(
            async stop =>
            {
                var batch = new WriteBatch(IReviewStep.Itself);
                var stream = OverdueStateStream.Id(customer.Id);
                var (state, version) = await store.LoadAsync(OverdueStateStream.Type, stream, stop);
                var now = arrears with { Holds = await CompanyHolds.OfAsync(store.Database, customer.Id, stop) };
                var decision = Decide(state, customer, now);
                batch.Append(OverdueStateStream.Type, stream, version, decision.Events);
                foreach (var changed in decision.Events.OfType<OverdueStateChanged>())
                {
                    foreach (var action in changed.Actions)
                        await ActAsync(batch, customer, changed, action, stop);
                }

                if (decision.Events.Any(IsForbidden))
                    batch.Lock(Locks.Contact.TakeAll(company)).Row(CompanyHolds.NoneForbidsContact(company));
                return batch;
            },
            cancellation);

    /// <summary>True for what a hold that was placed meanwhile forbids.</summary>
    private static bool IsForbidden(object e) => e is PaymentRetryRequested
        || (e is OverdueStateChanged changed && changed.LeadsToMore()
            && !OverdueStateDecider.IsLeftAlone(changed.Arrears));

    private async Task ActAsync(
        WriteBatch batch, ReviewedCustomer customer, OverdueStateChanged changed, OverdueAction action,
        CancellationToken cancellation)
    {
        var text = $"{changed.To}: {string.Join(" and ", changed.Arrears.Balances)} past due on " +
            $"{changed.Arrears.Items} items, the oldest since {changed.Arrears.Days} days.";
        switch (action)
        {
            case OverdueAction.Call:
                batch.Append(CollectionTaskStream.Type, Ids.Next(clock), 0,
                [
                    new TaskCreated(
                        customer.LegalEntity, customer.Id, TaskKind.Call, text, customer.Today, null, null),
                ]);
                break;
            case OverdueAction.Escalate:
                var raised = new EscalationRaised(
                    customer.LegalEntity, customer.Id, Target(customer, changed), EscalationCause.OverdueState, null,
                    text, customer.Today.AddDays(customer.Policy.Escalations.AcknowledgeDays));
                batch.Append(EscalationStream.Type, Ids.Next(clock), 0, [raised]);
                break;
            case OverdueAction.RecommendSuspension:
                await RecommendAsync(batch, customer, RecommendationKind.Suspend, text, cancellation);
                break;
            case OverdueAction.RecommendTermination:
                await RecommendAsync(batch, customer, RecommendationKind.Terminate, text, cancellation);
                break;
            default:
                // Changes are blocked by those who hear of the state.
                break;
        }
    }

    private static EscalationTarget Target(ReviewedCustomer customer, OverdueStateChanged changed) =>
        customer.Policy.OverdueStates.First(state => state.Code == changed.To).EscalateTo ?? EscalationTarget.TeamLead;

    /// <summary>
    /// What the contract does not allow is not recommended; that it was due is in the state's history.
    /// </summary>
    private async Task RecommendAsync(
        WriteBatch batch, ReviewedCustomer reviewed, RecommendationKind kind, string reason,
        CancellationToken cancellation)
    {
        if (await recommender.FindAsync(reviewed.Id, cancellation) is not { } customer
            || await recommender.IsUnderWayAsync(reviewed.Id, kind, cancellation))
            return;
        var (made, _) = await recommender.DraftAsync(customer, kind, reason, null, cancellation);
        if (made is not null)
            await recommender.AddAsync(batch, customer, made, null, cancellation);
    }

    private static Decision Decide(OverdueState state, ReviewedCustomer customer, Arrears arrears) =>
        OverdueStateDecider.Evaluate(
            state, customer.LegalEntity, customer.Id, customer.Policy.OverdueStates, arrears, customer.Today);

    private static Arrears Of(IEnumerable<ItemFacts> items, DateOnly today, IReadOnlyList<string> holds)
    {
        var late = items.Where(item => item.DueDate < today && item.Collectible.IsPositive).ToList();
        return new Arrears(
            late.Count,
            [
                .. late.GroupBy(item => item.Balance.Currency).OrderBy(one => one.Key.Code, StringComparer.Ordinal)
                    .Select(one => Money.Sum(one.Select(item => item.Collectible), one.Key)),
            ],
            late.Select(item => today.DayNumber - item.DueDate.DayNumber).DefaultIfEmpty(0).Max(), holds);
    }
}
