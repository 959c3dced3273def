using Npgsql;
using OrderToCash.Collections.Playbooks;
using OrderToCash.Collections.Policies;
using OrderToCash.EventSourcing;

namespace OrderToCash.Collections.ReadModels;

/// <summary>The playbooks that the customers of a legal entity go by.</summary>
public sealed partial class PlaybookBook(EventSourcing.EventStore store, ILogger<PlaybookBook> log)
{
    private const string Given =
        "select distinct k.playbook from collectors k join customers c on c.id = k.customer_id " +
        "where c.legal_entity = $1 and k.playbook is not null";

    /// <summary>
    /// Of all customers of a legal entity. Who is given a playbook that nobody had before while this is read is left to
    /// the next run. Where the playbook of most is one that only a newer version can read,
    /// <see cref="UnknownEventTypeException"/> is thrown: a run that leaves most alone would count as that of the day.
    /// </summary>
    /// <param name="policy">How the legal entity collects.</param>
    /// <param name="usual">The playbook of those that nothing gives another; null for that of the policy.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task<CustomerPlaybooks> OfEntityAsync(
        CollectionPolicyDefined policy, string? usual, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(policy);
        await FindAsync(usual ?? policy.UsualPlaybook(), cancellation);
        await using var command = store.Database.CreateCommand(Given);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = policy.LegalEntity });
        var given = await command.ReadAsync(row => row.GetString(0), cancellation);
        return await OfAsync(policy, usual, given, cancellation);
    }

    /// <summary>
    /// Of customers whose own ones, where a person gave them one, are known. One that only a newer version can read is
    /// not in force here: its customers are left alone, and all others are seen to.
    /// </summary>
    public async Task<CustomerPlaybooks> OfAsync(
        CollectionPolicyDefined policy, string? usual, IEnumerable<string> given, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(policy);
        var (rules, others) = (policy.Playbooks ?? [], usual ?? policy.UsualPlaybook());
        var inForce = new Dictionary<string, PlaybookInForce>(StringComparer.Ordinal);
        foreach (var code in rules.Select(rule => rule.Playbook).Concat(given).Append(others).Distinct())
        {
            try
            {
                if (await FindAsync(code, cancellation) is { } playbook)
                    inForce[code] = playbook;
            }
            catch (UnknownEventTypeException unreadable)
            {
                LogUnreadable(log, code, policy.LegalEntity, unreadable);
            }
        }

        return new CustomerPlaybooks(rules, others, inForce);
    }

    /// <summary>
    /// A playbook; null where there is none of this code. <c>none</c> is never one, also where a version before this
    /// meaning let one be called so.
    /// </summary>
    public async Task<PlaybookInForce?> FindAsync(string code, CancellationToken cancellation)
    {
        if (code == CustomerPlaybooks.None)
            return null;
        var (playbook, version) = await store.LoadAsync(PlaybookStream.Type, PlaybookStream.Id(code), cancellation);
        return playbook.Definition is { } steps ? new PlaybookInForce(steps, version) : null;
    }

    [LoggerMessage(Level = LogLevel.Warning, EventName = "playbook.unreadable",
        Message = "Playbook {Code} is of a newer version: its customers of {LegalEntity} are left alone here")]
    private static partial void LogUnreadable(ILogger log, string code, string legalEntity, Exception unreadable);
}
