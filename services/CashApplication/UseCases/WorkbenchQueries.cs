using Dapper;
using Npgsql;
using OrderToCash.CashApplication.ReadModels;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>Money that waits for a person.</summary>
/// <param name="Waiting">How much: unapplied and not on account.</param>
/// <param name="Reason">Which queue.</param>
/// <param name="Since">Since when it waits, in UTC.</param>
/// <param name="AgeDays">Days since the money counts at the bank.</param>
/// <param name="DueOn">The day by which somebody should have looked at it, or null.</param>
/// <param name="IsOverdue">True once that day is past where the legal entity is.</param>
/// <param name="Suggestions">What it may be for, best first; empty unless asked for.</param>
/// <param name="Customers">What else is known of its customer and of those in the suggestions: pending payments,
/// disputes, promises and plans.</param>
public sealed record WorkbenchItem(
    Guid Id, string Number, string LegalEntity, Money Waiting, Money Amount, string Reason, string Detail,
    DateTimeOffset? Since, int AgeDays, DateOnly? DueOn, bool IsOverdue, string? Owner, Guid? CustomerId,
    DateOnly ValueDate, string Method, string? PayerName, string? PayerAccount, string? Reference,
    IReadOnlyList<SuggestionView> Suggestions, IReadOnlyList<CustomerSituation> Customers, long Version);

/// <summary>One queue of the workbench in one currency.</summary>
/// <param name="Overdue">How many are past the day by which somebody should have looked at them.</param>
/// <param name="Unowned">How many nobody looks after.</param>
public sealed record WorkbenchQueue(
    string LegalEntity, string Reason, int Count, Money Waiting, DateOnly OldestValueDate, int Overdue, int Unowned);

/// <summary>Money on its way, in one stage and currency: nobody works on it, and nothing of it is applied.</summary>
/// <param name="Stage">How far it is; see <see cref="PendingPayments.PendingStages"/>.</param>
/// <param name="Overdue">How many are past the day they were expected on.</param>
public sealed record PendingQueue(string LegalEntity, string Stage, int Count, Money Amount, int Overdue);

/// <summary>The queues, and what is still to come.</summary>
public sealed record WorkbenchQueues(
    IReadOnlyList<WorkbenchQueue> Queues, IReadOnlyList<PendingQueue> Pending);

/// <summary>Reads of the workbench.</summary>
public static class WorkbenchQueries
{
    private const string WaitingRows = "unapplied > on_account and not (status = 'reversed')";

    private const string IsOverdue =
        "coalesce(aside_due < (select (@now at time zone e.time_zone)::date from legal_entities e " +
        "where e.code = receipts.legal_entity), false)";

    private const string Queue =
        "coalesce(aside, case when customer_id is null then 'unidentified' else 'unexplained' end)";

    private static readonly SortOrder<ReceiptRow> Order =
        new SortOrder<ReceiptRow>("id", row => row.Id, standard: "valueDate")
            .By("valueDate", "value_date", row => row.ValueDate)
            .By("dueOn", "coalesce(aside_due, '9999-12-31'::date)", row => row.AsideDue ?? new DateOnly(9999, 12, 31))
            .By("waiting", "(unapplied - on_account)", row => row.Unapplied - row.OnAccount);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/workbench", List)
            .RequireScope(Scopes.CashRead).Produces<Page<WorkbenchItem>>().WithTags("Workbench")
            .WithSummary("Money that waits for a person, with ranked suggestions where asked for");
        routes.MapGet("/v1/workbench/queues", Queues)
            .RequireScope(Scopes.CashRead).Produces<WorkbenchQueues>().WithTags("Workbench")
            .WithSummary("The queues: how much waits, why, and for how long");
    }

    private static async Task<IResult> List(
        string? reason, string? owner, bool? overdue, bool? suggest, [AsParameters] ReceiptFilter filter,
        ListQuery query, EventStore store, ReceiptMatching matching, TimeProvider clock, HttpContext http)
    {
        if (reason is not null && !AsideReasons.All.Contains(reason))
        {
            return Problems.Malformed("bad-reason", "/reason",
                $"reason is one of {string.Join(", ", AsideReasons.All)}.");
        }

        var page = Order.For(query);
        var parameters = filter.Parameters(page.Parameters, Caller.Of(http));
        parameters.Add("reason", reason);
        parameters.Add("owner", owner);
        parameters.Add("overdue", overdue);
        parameters.Add("now", clock.GetUtcNow().UtcDateTime);
        await using var connection = await store.Database.OpenConnectionAsync(http.RequestAborted);
        var rows = (await connection.QueryAsync<ReceiptRow>(new CommandDefinition(
            $"select {ReceiptRow.Columns} from receipts where {WaitingRows} " +
            $"and {string.Join(" and ", filter.Conditions())} " +
            $"and (@reason::text is null or {Queue} = @reason) " +
            "and (@owner::text is null or owner = @owner) " +
            $"and (@overdue::bool is null or @overdue = {IsOverdue}) " +
            $"and {page.Where} order by {page.OrderBy} limit {page.Limit}",
            parameters, cancellationToken: http.RequestAborted))).AsList();
        var found = page.Page(rows);
        var suggestions = suggest == true
            ? await SuggestAsync(found.Items, matching, store, http.RequestAborted)
            : new Dictionary<Guid, IReadOnlyList<Explanation>>();

        // What was decided since the rows were read waits for nobody any more.
        if (suggest == true)
            found = found with { Items = [.. found.Items.Where(row => suggestions.ContainsKey(row.Id))] };
        var situations = await CustomerSituations.OfAsync(
            connection,
            found.Items.SelectMany(row => CustomersOf(row).Select(id => (id, row.LegalEntity, row.Currency))),
            http.RequestAborted);
        var todays = (await connection.QueryAsync<(string Code, string Zone)>(new CommandDefinition(
            "select code, time_zone from legal_entities", cancellationToken: http.RequestAborted)))
            .ToDictionary(entity => entity.Code, entity => clock.Today(entity.Zone));
        return Listing.Result(http, found.Select(row => Item(
            row, suggestions.GetValueOrDefault(row.Id) ?? [],
            [.. CustomersOf(row).Select(id => situations[(id, row.Currency)])], todays[row.LegalEntity])));

        IEnumerable<Guid> CustomersOf(ReceiptRow row) => (suggestions.GetValueOrDefault(row.Id) ?? [])
            .Select(suggestion => suggestion.CustomerId)
            .Concat(row.CustomerId is { } owner ? [owner] : []).Distinct();
    }

    /// <summary>Suggestions for a page: one search for each legal entity and currency, not for each receipt.</summary>
    private static async Task<IReadOnlyDictionary<Guid, IReadOnlyList<Explanation>>> SuggestAsync(
        IReadOnlyList<ReceiptRow> rows, ReceiptMatching matching, EventStore store, CancellationToken cancellation)
    {
        var found = new Dictionary<Guid, IReadOnlyList<Explanation>>();
        foreach (var entity in rows.GroupBy(row => row.LegalEntity))
        {
            var payments = new List<(Guid Id, Payment Payment)>();
            foreach (var row in entity)
            {
                var receipt = await store.LoadAsync(ReceiptStream.Type, row.Id, cancellation);
                if (ReceiptMatching.PaymentOf(row.Id, receipt.State) is { } payment)
                    payments.Add((row.Id, payment));
            }

            var settings = await matching.SettingsAsync(entity.Key, cancellation);
            var facts = await matching.FactsAsync(
                entity.Key, payments.Select(pair => pair.Payment), settings, cancellation);
            foreach (var (id, payment) in payments)
                found[id] = Matcher.Match(payment, facts[payment.Amount.Currency], settings).Suggestions;
        }

        return found;
    }

    private static async Task<IResult> Queues(
        string? legalEntity, EventStore store, TimeProvider clock, HttpContext http)
    {
        var parameters = new DynamicParameters();
        parameters.Add("legalEntity", legalEntity);
        parameters.Add("now", clock.GetUtcNow().UtcDateTime);
        parameters.Add("entities", Caller.Of(http).EntityFilter(legalEntity));
        await using var connection = await store.Database.OpenConnectionAsync(http.RequestAborted);
        var rows = await connection.QueryAsync<QueueRow>(new CommandDefinition(
            $"select legal_entity, {Queue} as reason, currency, count(*)::int as count, " +
            "sum(unapplied - on_account) as waiting, min(value_date) as oldest_value_date, " +
            $"(count(*) filter (where {IsOverdue}))::int as overdue, " +
            $"(count(*) filter (where owner is null))::int as unowned from receipts where {WaitingRows} " +
            "and (@legalEntity::text is null or legal_entity = @legalEntity) " +
            "and (@entities::text[] is null or legal_entity = any(@entities)) group by 1, 2, 3 order by 1, 2, 3",
            parameters, cancellationToken: http.RequestAborted));
        WorkbenchQueue[] queues =
        [
            .. rows.Select(row => new WorkbenchQueue(
                row.LegalEntity, row.Reason, row.Count, Money.Of(row.Waiting, row.Currency), row.OldestValueDate,
                row.Overdue, row.Unowned)),
        ];
        var pending = await PendingAsync(connection, parameters, http.RequestAborted);
        return Tables.Result(http, new WorkbenchQueues(queues, pending), () => Table.Of(queues));
    }

    private static async Task<PendingQueue[]> PendingAsync(
        NpgsqlConnection connection, DynamicParameters parameters, CancellationToken cancellation)
    {
        var rows = await connection.QueryAsync<(
            string LegalEntity, string Stage, string Currency, int Count, decimal Amount, int Overdue)>(
            new CommandDefinition(
                "select p.legal_entity, p.stage, p.currency, count(*)::int, sum(p.amount), (count(*) filter (" +
                "where p.expected_on < (@now at time zone e.time_zone)::date))::int " +
                "from pending_payments p join legal_entities e on e.code = p.legal_entity " +
                "where p.status = 'pending' and (@legalEntity::text is null or p.legal_entity = @legalEntity) " +
                "and (@entities::text[] is null or p.legal_entity = any(@entities)) group by 1, 2, 3 order by 1, 2, 3",
                parameters, cancellationToken: cancellation));
        return
        [
            .. rows.Select(row => new PendingQueue(
                row.LegalEntity, row.Stage, row.Count, Money.Of(row.Amount, row.Currency), row.Overdue)),
        ];
    }

    private static WorkbenchItem Item(
        ReceiptRow row, IReadOnlyList<Explanation> suggestions, IReadOnlyList<CustomerSituation> customers,
        DateOnly today) => new(
        row.Id, row.Number, row.LegalEntity, Money.Of(row.Unapplied - row.OnAccount, row.Currency),
        Money.Of(row.Amount, row.Currency),
        row.Aside ?? (row.CustomerId is null ? AsideReasons.Unidentified : AsideReasons.Unexplained),
        row.AsideDetail ?? "", row.AsideSince is { } since ? new DateTimeOffset(since, TimeSpan.Zero) : null,
        today.DayNumber - row.ValueDate.DayNumber, row.AsideDue, row.AsideDue < today, row.Owner, row.CustomerId,
        row.ValueDate, row.Method, row.PayerName, row.PayerAccount,
        row.Reference, [.. suggestions.Select((suggestion, index) => SuggestionView.Of(suggestion, index + 1))],
        customers, row.Version);

    private sealed class QueueRow
    {
        public string LegalEntity { get; init; } = "";
        public string Reason { get; init; } = "";
        public string Currency { get; init; } = "";
        public int Count { get; init; }
        public decimal Waiting { get; init; }
        public DateOnly OldestValueDate { get; init; }
        public int Overdue { get; init; }
        public int Unowned { get; init; }
    }
}
