using Npgsql;
using OrderToCash.Collections.Playbooks;
using OrderToCash.Collections.Portfolio;

namespace OrderToCash.Collections.ReadModels;

/// <summary>
/// Reads what persons gave a customer and those merged into it, beside other things that are read of it.
/// </summary>
internal static class CompanyPlaybooks
{
    /// <summary>Three columns.</summary>
    public const string Columns = "given.playbook, given.playbook_until, given.none_until";

    /// <summary>Of the customer <c>c</c> of the statement.</summary>
    public const string Join =
        $"""
        cross join lateral (
            select max(k.playbook) filter (where k.customer_id = c.id) as playbook,
                   max(k.playbook_until) filter (where k.customer_id = c.id) as playbook_until,
                   max(coalesce(k.playbook_until, 'infinity'))
                       filter (where k.playbook = '{CustomerPlaybooks.None}') as none_until
            from collectors k where k.playbook is not null and k.customer_id = any(array(
                select c.id union all
                select m.customer_id from merged_customers m where m.survivor_id = c.id))) given
        """;

    /// <summary>From the first of the columns on.</summary>
    public static CompanyPlaybook Read(NpgsqlDataReader row, int ordinal) => new(
        row.Text(ordinal) is { } code ? new GivenPlaybook(code, row.Optional<DateOnly>(ordinal + 1)) : null,
        row.Optional<DateOnly>(ordinal + 2));
}
