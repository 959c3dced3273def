using Npgsql;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Documents;
using OrderToCash.EventSourcing;

namespace OrderToCash.Credit.Decisions;

/// <summary>
/// The queue of what sales is told of decisions, where the policy names an address: one mail of each decision, in the
/// words of the moment in which it is queued. <see cref="DecisionMailer"/> sends it.
/// </summary>
public sealed class SalesDesk(EventStore store, DecisionBooks books, TimeProvider clock)
{
    private const string Queue =
        "insert into credit_decision_mails (mail_id, application_id, decision, customer_id, address, from_name, " +
        "subject, content, queued_at, next_try_at, language) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10) " +
        "on conflict (application_id, decision) do nothing";

    /// <summary>The row of a decision, which is one however often it is written; null where nobody is told.</summary>
    /// <param name="decision">The event; its stream and version name the decision for ever.</param>
    /// <param name="legalEntity">Whose policy says where it goes.</param>
    /// <param name="customerId">Whom it is about.</param>
    /// <param name="customerName">Its registered name.</param>
    /// <param name="lines">What is said: what was decided first, which stands in the subject, too.</param>
    /// <param name="cancellation">Ends the reading.</param>
    internal async Task<NpgsqlBatchCommand?> MailAsync(
        StoredEvent decision, string legalEntity, Guid customerId, string customerName,
        Func<DecisionWords, CreditAccount, IEnumerable<string>> lines, CancellationToken cancellation)
    {
        var policy = (await books.FactsAsync(legalEntity, cancellation)).Policy.Policy.Applications;
        if (policy.Sales is not { } sales)
            return null;
        var (account, _) = await store.LoadAsync(CreditAccountStream.Type, customerId, cancellation);
        if (sales.For(account.Customer?.Segment) is not { } address)
            return null;
        var words = DecisionWords.Of(sales.LanguageOf(address));
        var content = lines(words, account).Select(OutgoingMail.OneLine).ToList();
        var row = new NpgsqlBatchCommand(Queue);
        row.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = decision.Id });
        row.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = decision.StreamId });
        row.Parameters.Add(new NpgsqlParameter<long> { TypedValue = decision.Version });
        row.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = customerId });
        row.Parameters.Add(new NpgsqlParameter<string> { TypedValue = address });
        row.Parameters.Add(new NpgsqlParameter<string> { TypedValue = $"Credit {legalEntity}" });
        row.Parameters.Add(new NpgsqlParameter<string>
        {
            TypedValue = OutgoingMail.OneLine($"{customerName}: {content[0]}"),
        });
        row.Parameters.Add(new NpgsqlParameter<string> { TypedValue = string.Join('\n', content) });
        row.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = clock.GetUtcNow() });
        row.Parameters.Add(new NpgsqlParameter<string> { TypedValue = words.Language.Code });
        return row;
    }
}
