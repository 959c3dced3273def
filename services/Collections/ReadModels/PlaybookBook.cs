using Npgsql;
using OrderToCash.Collections.Playbooks;
using OrderToCash.Collections.Policies;

namespace OrderToCash.Collections.ReadModels;

/// <summary>The playbooks that the customers of a legal entity go by.</summary>
public sealed class PlaybookBook(EventSourcing.EventStore store)
{
    private const string Given =
        "select distinct k.playbook from collectors k join customers c on c.id = k.customer_id " +
        "where c.legal_entity = $1 and k.playbook is not null";

    /// <summary>
    /// Of all customers of a legal entity. Who is given a playbook that nobody had before while this is read is left to
    /// the next run.
    /// </summary>
    /// <param name="policy">How the legal entity collects.</param>
    /// <param name="usual">The playbook of those that nothing gives another; null for that of the policy.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task<CustomerPlaybooks> OfEntityAsync(
        CollectionPolicyDefined policy, string? usual, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(policy);
        await using var command = store.Database.CreateCommand(Given);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = policy.LegalEntity });
        var given = await command.ReadAsync(row => row.GetString(0), cancellation);
        return await OfAsync(policy, usual, given, cancellation);
    }

    /// <summary>Of customers whose own ones, where a person gave them one, are known.</summary>
    public async Task<CustomerPlaybooks> OfAsync(
        CollectionPolicyDefined policy, string? usual, IEnumerable<string> given, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(policy);
        var (rules, others) = (policy.Playbooks ?? [], usual ?? policy.UsualPlaybook());
        var inForce = new Dictionary<string, PlaybookInForce>(StringComparer.Ordinal);
        foreach (var code in rules.Select(rule => rule.Playbook).Concat(given).Append(others).Distinct())
        {
            if (await FindAsync(code, cancellation) is { } playbook)
                inForce[code] = playbook;
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
}
