using Npgsql;
using OrderToCash.Collections.Holds;
using OrderToCash.Collections.ReadModels;

namespace OrderToCash.Collections.Accounts;

/// <summary>A company by merge, and whether it is left alone.</summary>
/// <param name="Customers">The customers that it is; under the locks of contact with them no hold comes.</param>
/// <param name="LeftAlone">Kind of a hold on one of them as a whole that forbids contact; null where none does.</param>
public sealed record CompanyContact(IReadOnlyList<Guid> Customers, HoldKind? LeftAlone);

/// <summary>
/// The holds that a customer is under as a whole, its own and those of the customers it was merged with.
/// </summary>
internal static class CompanyHolds
{
    /// <summary>Kinds of those of the customer <c>c</c> of the statement.</summary>
    public const string Kinds =
        $"""
        array(select distinct h.kind from holds h
            where h.customer_id = any({ContactBook.Company}) and h.status = 'active' and h.invoice_id is null)
        """;

    private const string OfCustomer = $"select {Kinds} from (select $1::uuid as id) c";

    private const string WithCompany = $"select {ContactBook.Company}, {Kinds} from (select $1::uuid as id) c";

    private const string Forbids =
        """
        select case when exists (select 1 from holds h
            where h.customer_id = any($1) and h.status = 'active' and h.invoice_id is null and h.kind <> $2)
        then otc_version_conflict() else 0 end
        """;

    /// <summary>Kinds of those of one customer.</summary>
    public static async Task<IReadOnlyList<string>> OfAsync(
        NpgsqlDataSource database, Guid customerId, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(OfCustomer);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = customerId });
        return (string[])(await command.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>The company of a customer, and whether it is left alone.</summary>
    public static async Task<CompanyContact> ContactAsync(
        NpgsqlDataSource database, Guid customerId, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(WithCompany);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = customerId });
        return (await command.ReadAsync(
            row => new CompanyContact(
                row.GetFieldValue<Guid[]>(0),
                row.GetFieldValue<string[]>(1).Select(Kebab.Parse<HoldKind>).Where(HoldDecider.ForbidsContact)
                    .Order().Cast<HoldKind?>().FirstOrDefault()),
            cancellation)).Single();
    }

    /// <summary>
    /// Turns a write away where one of them forbids contact by now, so that it is decided again. Under the locks of
    /// contact with these customers none comes after it.
    /// </summary>
    public static NpgsqlBatchCommand NoneForbidsContact(IReadOnlyList<Guid> company)
    {
        var command = new NpgsqlBatchCommand(Forbids);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. company] });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Kebab.Of(HoldKind.DunningBlock) });
        return command;
    }
}
