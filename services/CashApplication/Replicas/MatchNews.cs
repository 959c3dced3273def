using Npgsql;
using OrderToCash.CashApplication.Policies;
using OrderToCash.CashApplication.ReadModels;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Remittances;
using OrderToCash.CashApplication.Statements;
using OrderToCash.EventSourcing;
using OrderToCash.EventSourcing.Subscriptions;

namespace OrderToCash.CashApplication.Replicas;

/// <summary>
/// Writes down what may tell what waiting money is for; <see cref="UseCases.WaitingMatcher"/> looks at it. Invoices and
/// customers are news in the transaction that takes them in, what this service learns itself follows its log.
/// </summary>
public sealed class MatchNews : ISubscription
{
    /// <summary>A new invoice.</summary>
    public const string Invoice = "invoice";

    /// <summary>A new customer, or what is known of one.</summary>
    public const string Customer = "customer";

    /// <summary>A remittance advice that came, or waits again.</summary>
    public const string Advice = "advice";

    /// <summary>A receipt whose payer was learned.</summary>
    public const string Payer = "payer";

    /// <summary>A receipt of which more is known, or that is matched by other rules.</summary>
    public const string Receipt = "receipt";

    /// <summary>
    /// What is older is no news, by the clock of the database: the log is followed from its beginning, once, and a
    /// source tells all that was.
    /// </summary>
    private const string IsNew = "$3 >= now() - interval '7 days'";

    private const string Insert =
        $"insert into match_news (kind, subject) select $1, n.subject from unnest($2) n (subject) where {IsNew}";

    /// <summary>Most of what is confirmed teaches nothing that anything waits for.</summary>
    private const string InsertPayers =
        "insert into match_news (kind, subject) select $1, r.id from receipts r where r.id = any($2) and " +
        $"{IsNew} and (exists (" +
        "select 1 from receipts w where w.legal_entity = r.legal_entity and w.payer_account = r.payer_account " +
        $"and {ReceiptRow.WaitsForMatching} and w.id <> r.id) or exists (" +
        "select 1 from receipts w where w.legal_entity = r.legal_entity and w.payer_key = r.payer_key " +
        $"and {ReceiptRow.WaitsForMatching} and w.id <> r.id))";

    /// <summary>
    /// All money of a legal entity that matching may look at by itself: it is matched by other rules. A thousand
    /// receipts are due in every ten seconds, behind those that are due already for other rules, so that other news are
    /// looked at between them; a receipt that is due later than a minute from now for another reason is matched by the
    /// new rules then.
    /// </summary>
    private const string InsertWaiting = $"""
        insert into match_news (kind, subject, due_at)
        select $1, w.id, greatest(now(), l.due_at)
            + (row_number() over (order by w.id) - 1) / 1000 * interval '10 seconds'
        from receipts w
        cross join (
            select max(due_at) + interval '10 seconds' as due_at from match_news
            where kind = $1 and looked_at is null and due_at > now()) l
        where w.legal_entity = any($2) and {IsNew} and {ReceiptRow.WaitsForMatching}
            and not exists (
                select 1 from match_news n where n.kind = $1 and n.subject = w.id and n.looked_at is null
                    and n.due_at > now() + interval '1 minute')
        """;

    /// <summary>
    /// Money of files whose effects were held and are armed: what matching would have done when they came it does now,
    /// a thousand receipts in ten seconds.
    /// </summary>
    private const string InsertArmed = $"""
        insert into match_news (kind, subject, due_at)
        select $1, w.id, now() + (row_number() over (order by w.id) - 1) / 1000 * interval '10 seconds'
        from receipts w
        where w.id in (select unnest(l.receipt_ids) from statement_lines l where l.import_id = any($2))
            and w.aside = '{AsideReasons.Held}' and {IsNew} and {ReceiptRow.WaitsForMatching}
        """;

    /// <inheritdoc/>
    public string Name => "MatchNews:All";

    /// <inheritdoc/>
    public int PageSize => 1_000;

    /// <inheritdoc/>
    public IReadOnlyCollection<Type> Events { get; } =
    [
        typeof(AllocationConfirmed), typeof(ReceiptIdentified), typeof(CashTransferred), typeof(CashProfileDefined),
        typeof(RemittanceReceived), typeof(RemittanceReleased), typeof(ReceiptCleared), typeof(ReceiptAnnounced),
        typeof(CashPolicyDefined), typeof(RuleSetDefined), typeof(StatementEffectsArmed),
    ];

    /// <summary>The row of these subjects, whenever it happened.</summary>
    public static NpgsqlBatchCommand Of(string kind, params Guid[] subjects) =>
        Of(kind, DateTimeOffset.MaxValue, subjects);

    /// <summary>The row of these subjects, where what happened is new.</summary>
    public static NpgsqlBatchCommand Of(string kind, DateTimeOffset happenedAt, params Guid[] subjects) =>
        Command(Insert, kind, subjects, happenedAt);

    /// <inheritdoc/>
    public Task<IReadOnlyList<NpgsqlBatchCommand>> HandleAsync(
        IReadOnlyList<StoredEvent> events, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(events);
        List<NpgsqlBatchCommand> rows = [];
        if (events.Count == 0)
            return Task.FromResult<IReadOnlyList<NpgsqlBatchCommand>>(rows);
        var latest = events[^1].At;
        Add(InsertPayers, Payer, e => e.Data is AllocationConfirmed or ReceiptIdentified or CashTransferred);
        Add(Insert, Customer, e => e.Data is CashProfileDefined);
        Add(Insert, Advice, e => e.Data is RemittanceReceived or RemittanceReleased);
        Add(Insert, Receipt, e => e.Data is ReceiptCleared or ReceiptAnnounced);
        Add(InsertArmed, Receipt, e => e.Data is StatementEffectsArmed);
        string[] ruled = [.. events.Select(e => RuledBy(e.Data)).OfType<string>().Distinct()];
        if (ruled.Length > 0)
            rows.Add(Command(InsertWaiting, Receipt, ruled, latest));
        return Task.FromResult<IReadOnlyList<NpgsqlBatchCommand>>(rows);

        void Add(string sql, string kind, Func<StoredEvent, bool> isNews)
        {
            Guid[] subjects =
            [
                .. events.Where(isNews)
                    .Select(e => e.Data is CashProfileDefined profile ? profile.CustomerId : e.StreamId).Distinct(),
            ];
            if (subjects.Length > 0)
                rows.Add(Command(sql, kind, subjects, latest));
        }
    }

    /// <summary>The legal entity whose money is matched otherwise from now on, or null.</summary>
    private static string? RuledBy(object fact) => fact switch
    {
        CashPolicyDefined e => e.LegalEntity,
        RuleSetDefined e => e.LegalEntity,
        _ => null,
    };

    private static NpgsqlBatchCommand Command<T>(string sql, string kind, T[] subjects, DateTimeOffset happenedAt)
    {
        var command = new NpgsqlBatchCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = kind });
        command.Parameters.Add(new NpgsqlParameter<T[]> { TypedValue = subjects });
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = happenedAt.UtcDateTime });
        return command;
    }
}
