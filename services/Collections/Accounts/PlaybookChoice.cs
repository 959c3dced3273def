using Npgsql;
using OrderToCash.Collections.Playbooks;
using OrderToCash.Collections.Policies;
using OrderToCash.Collections.Portfolio;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Accounts;

/// <summary>What decides which playbook a customer goes by, as it is now.</summary>
/// <param name="Traits">What the rules of the policy tell it apart by.</param>
/// <param name="Given">What persons gave it and those merged into it.</param>
public sealed record PlaybookChoice(CustomerTraits Traits, CompanyPlaybook Given)
{
    /// <summary>Of the customers in $1.</summary>
    internal const string OfCustomers =
        $"""
        select c.id, c.name, c.segment, c.country, c.language, c.currency, o.currencies, o.amounts,
               c.address->>'Region', {CompanyPlaybooks.Columns}
        from customers c
        {CompanyPlaybooks.Join}
        cross join lateral (
            select coalesce(array_agg(s.currency), array[]::text[]) as currencies,
                   coalesce(array_agg(s.amount), array[]::numeric[]) as amounts
            from (select i.currency, sum(i.balance) as amount from open_items i
                where i.customer_id = c.id and i.balance > 0 group by i.currency) s) o
        where c.id = any($1)
        """;

    /// <summary>
    /// True where it goes by no playbook on a day: nothing goes to it by itself, also not what was prepared before. By
    /// which one it goes may be for a newer version to say: what that has prepared is as good as it was.
    /// </summary>
    public bool IsNone(CollectionPolicyDefined policy, DateOnly day)
    {
        ArgumentNullException.ThrowIfNull(policy);
        var playbooks = new CustomerPlaybooks(
            policy.Playbooks ?? [], policy.UsualPlaybook(), new Dictionary<string, PlaybookInForce>());
        return playbooks.CodeFor(Traits, Given.On(day)) == CustomerPlaybooks.None;
    }

    /// <summary>What the statement finds, by customer.</summary>
    internal static async Task<IReadOnlyDictionary<Guid, PlaybookChoice>> ReadAsync(
        NpgsqlCommand command, Guid[] customers, CancellationToken cancellation)
    {
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = customers });
        return (await command.ReadAsync(row => (Id: row.GetGuid(0), Choice: Row(row)), cancellation))
            .ToDictionary(row => row.Id, row => row.Choice);
    }

    private static PlaybookChoice Row(NpgsqlDataReader row)
    {
        var open = row.GetFieldValue<string[]>(6)
            .Zip(row.GetFieldValue<decimal[]>(7), (currency, amount) => Money.Of(amount, currency));
        var traits = new CustomerTraits(
            row.GetString(1), row.Text(2), row.Text(3), row.GetString(4), Currency.Of(row.GetString(5)), [.. open],
            row.Text(8));
        return new PlaybookChoice(traits, CompanyPlaybooks.Read(row, 9));
    }
}
