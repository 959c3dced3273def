using Dapper;
using OrderToCash.Credit.Applications;
using OrderToCash.Credit.Decisions;
using OrderToCash.Credit.Policies;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Credit.UseCases;

/// <summary>
/// <c>POST /v1/credit/policies/{legalEntity}/trials</c>: what another policy would have come to in the cases, and for
/// the orders, that were decided last. Nothing is written.
/// </summary>
public static class TryPolicy
{
    private const int MostCases = 1_000;

    /// <summary>An order is judged with its customer's whole history; so many events are read in one trial.</summary>
    private const long MostEvents = 100_000;

    private const string Cases =
        "select application_id from credit_applications where legal_entity = @legalEntity and decided_at is not null " +
        "and (@since::date is null or decided_at >= @since::date) order by decided_at desc limit @most";

    private const string Orders =
        "select o.customer_id as CustomerId, o.order_id as OrderId, s.version as Events from order_checks o " +
        "join credit_accounts a on a.customer_id = o.customer_id join mt_streams s on s.id = o.customer_id " +
        "where a.legal_entity = @legalEntity " +
        "and o.policy is not null and (@since::date is null or o.decided_at >= @since::date) " +
        "order by o.decided_at desc, o.id limit @most";

    /// <summary>What is tried.</summary>
    /// <param name="Policy">The whole policy.</param>
    /// <param name="Since">Only what was decided on this day (UTC) or later.</param>
    /// <param name="Most">At most so many cases and as many orders, the latest first; 1 to 1,000.</param>
    public sealed record Request(CreditPolicy Policy, DateOnly? Since = null, int Most = 500);

    /// <summary>What came of it.</summary>
    /// <param name="Cases">Decided cases that were judged again.</param>
    /// <param name="Same">Those that come out the same.</param>
    /// <param name="Changes">How recommendations move, the most frequent first.</param>
    /// <param name="Differences">Every case that comes out otherwise.</param>
    /// <param name="Orders">The same of orders.</param>
    /// <param name="SkippedOrders">Orders that were asked for and not judged: of the customers below, and those whose
    /// decision keeps too little to be made again.</param>
    /// <param name="SkippedCustomers">Customers whose history is too long to be read along with the others.</param>
    public sealed record Report(
        int Cases, int Same, IReadOnlyList<TrialChange> Changes, IReadOnlyList<TrialDifference> Differences,
        OrderTrial Orders, int SkippedOrders, int SkippedCustomers);

    /// <summary>Maps the route.</summary>
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/credit/policies/{legalEntity}/trials", Handle)
            .RequireScope(Scopes.CreditRead)
            .Produces<Report>()
            .WithSummary("Try a credit policy on cases and orders that are decided, with the differences");

    private static async Task<IResult> Handle(
        string legalEntity, Request request, Caller caller, EventStore store, CancellationToken cancellation)
    {
        if (new Validation()
            .Check(request.Most is >= 1 and <= MostCases, "/most", $"is 1 to {MostCases}").Problem is { } problem)
            return problem;
        if ((caller.Deny(legalEntity)
            ?? PolicyDecider.Define(PolicyBook.Initial, legalEntity, request.Policy).Refusal) is { } refusal)
            return Problems.From(refusal);
        var asked = new { legalEntity, since = request.Since, most = request.Most };
        var cases = new List<(Guid, CreditApplication)>();
        foreach (var id in await ReadAsync<Guid>(store, Cases, asked, cancellation))
            cases.Add((id, (await store.LoadAsync(ApplicationStream.Type, id, cancellation)).State));
        var trial = PolicyTrial.Of(cases, request.Policy);
        var orders = await ReadAsync<Order>(store, Orders, asked, cancellation);
        var (decisions, skipped) = await DecisionsAsync(store, legalEntity, orders, cancellation);
        return Reply.Ok(new Report(
            trial.Cases, trial.Same, trial.Changes, trial.Differences, OrderTrial.Of(decisions, request.Policy),
            orders.Count - decisions.Count, skipped));
    }

    /// <summary>The last decision on each of the orders, and how many customers have too long a history.</summary>
    private static async Task<(List<(Guid, PastDecision, NumberedPolicy)> Decisions, int Skipped)> DecisionsAsync(
        EventStore store, string legalEntity, IEnumerable<Order> orders, CancellationToken cancellation)
    {
        var policies = new Dictionary<int, NumberedPolicy?>();
        var decisions = new List<(Guid, PastDecision, NumberedPolicy)>();
        var (left, skipped) = (MostEvents, 0);
        foreach (var customer in orders.GroupBy(order => order.CustomerId))
        {
            if (customer.First().Events > left)
            {
                skipped++;
                continue;
            }

            left -= customer.First().Events;
            var wanted = customer.Select(order => order.OrderId).ToHashSet(StringComparer.Ordinal);
            var last = new Dictionary<string, PastDecision>(StringComparer.Ordinal);
            var replay = new OrderReplay();
            await foreach (var e in store.ReadAsync(customer.Key, cancellation))
            {
                if (replay.Next(e) is { } past && wanted.Contains(past.Wish.OrderId))
                    last[past.Wish.OrderId] = past;
            }

            foreach (var past in last.Values)
            {
                if (!policies.TryGetValue(past.Basis.Policy, out var policy))
                {
                    policies[past.Basis.Policy] = policy = await ReadPolicies.FindAsync(
                        store.Database, legalEntity, past.Basis.Policy, cancellation);
                }

                if (policy is not null)
                    decisions.Add((customer.Key, past, policy));
            }
        }

        return (decisions, skipped);
    }

    private static async Task<List<T>> ReadAsync<T>(
        EventStore store, string sql, object asked, CancellationToken cancellation)
    {
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        return [.. await connection.QueryAsync<T>(new CommandDefinition(sql, asked, cancellationToken: cancellation))];
    }

    private sealed record Order
    {
        public Guid CustomerId { get; init; }
        public string OrderId { get; init; } = "";
        public long Events { get; init; }
    }
}
