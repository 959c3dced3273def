using Npgsql;
using OrderToCash.Credit.Applications;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Documents;
using OrderToCash.EventSourcing;
using OrderToCash.EventSourcing.Subscriptions;

namespace OrderToCash.Credit.Decisions;

/// <summary>
/// Puts into the queue what sales is told of how cases were decided, where the policy names an address: one mail of
/// each decision, in the words of the moment in which it is queued. It follows the log, and a row commits with how far
/// it has come; so it is queued once. <see cref="DecisionMailer"/> sends it.
/// </summary>
public sealed class DecisionMails(EventStore store, DecisionBooks books, TimeProvider clock) : ISubscription
{
    private const string Queue =
        "insert into credit_decision_mails (mail_id, application_id, decision, customer_id, address, from_name, " +
        "subject, content, queued_at, next_try_at, language) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10) " +
        "on conflict (application_id, decision) do nothing";

    /// <inheritdoc/>
    public string Name => "CreditDecisionMails:All";

    /// <inheritdoc/>
    public int PageSize => 500;

    /// <inheritdoc/>
    public IReadOnlyCollection<Type> Events { get; } = [typeof(ApplicationApproved), typeof(ApplicationDeclined)];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<NpgsqlBatchCommand>> HandleAsync(
        IReadOnlyList<StoredEvent> events, CancellationToken cancellation)
    {
        var rows = new List<NpgsqlBatchCommand>();
        foreach (var decision in events.Where(e => e.Data is ApplicationApproved or ApplicationDeclined))
        {
            if (await RowAsync(decision, cancellation) is { } row)
                rows.Add(row);
        }

        return rows;
    }

    private async Task<NpgsqlBatchCommand?> RowAsync(StoredEvent decision, CancellationToken cancellation)
    {
        var (application, _) = await store.LoadAsync(ApplicationStream.Type, decision.StreamId, cancellation);
        if (application.Submitted is not { } submitted)
            return null;
        var policy = (await books.FactsAsync(submitted.LegalEntity, cancellation)).Policy.Policy.Applications;
        if (policy.Sales is not { } sales)
            return null;
        var (account, _) = await store.LoadAsync(CreditAccountStream.Type, submitted.CustomerId, cancellation);
        if (sales.For(account.Customer?.Segment) is not { } address)
            return null;
        var words = DecisionWords.Of(sales.LanguageOf(address));
        var lines = Lines(words, decision, submitted, account).Select(OutgoingMail.OneLine).ToList();
        var row = new NpgsqlBatchCommand(Queue);
        row.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = decision.Id });
        row.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = decision.StreamId });
        row.Parameters.Add(new NpgsqlParameter<long> { TypedValue = decision.Version });
        row.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = submitted.CustomerId });
        row.Parameters.Add(new NpgsqlParameter<string> { TypedValue = address });
        row.Parameters.Add(new NpgsqlParameter<string> { TypedValue = $"Credit {submitted.LegalEntity}" });
        row.Parameters.Add(new NpgsqlParameter<string>
        {
            TypedValue = OutgoingMail.OneLine($"{submitted.CustomerName}: {lines[0]}"),
        });
        row.Parameters.Add(new NpgsqlParameter<string> { TypedValue = string.Join('\n', lines) });
        row.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = clock.GetUtcNow() });
        row.Parameters.Add(new NpgsqlParameter<string> { TypedValue = words.Language.Code });
        return row;
    }

    /// <summary>What was decided first, then what it is about and why.</summary>
    private static IEnumerable<string> Lines(
        DecisionWords words, StoredEvent decision, ApplicationSubmitted submitted, CreditAccount account)
    {
        var isByPolicy = decision.Data is ApplicationApproved { ByPolicy: true }
            or ApplicationDeclined { ByPolicy: true };
        yield return decision.Data is ApplicationApproved granted
            ? words.Say(words.Approved, granted.Limit) +
                (granted.ExpiresOn is { } last ? words.Say(words.Until, last) : "") +
                (granted.Terms is { } terms ? words.Say(words.WithTerms, terms) : "")
            : words.Say(words.Declined, submitted.RequestedLimit);
        yield return words.Say(
            words.Customer, submitted.CustomerName, account.Opened?.Number, submitted.LegalEntity);
        yield return words.Say(words.AskedFor, submitted.RequestedLimit, submitted.SubmittedBy) +
            (submitted.RequestedTerms is { } asked ? words.Say(words.Terms, asked) : "");
        yield return words.Say(words.DecidedBy, isByPolicy ? words.ThePolicy : decision.Metadata.By);
        if (decision.Metadata.Reason is { Length: > 0 } reason)
            yield return words.Say(words.Reason, reason);
        foreach (var why in (decision.Data as ApplicationDeclined)?.Reasons ?? [])
            yield return $"- {why.Detail}";
        yield return words.Say(words.Case, decision.StreamId);
    }
}
