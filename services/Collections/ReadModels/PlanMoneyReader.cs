using Npgsql;
using OrderToCash.Collections.Plans;

namespace OrderToCash.Collections.ReadModels;

/// <summary>Reads what was settled on the items of payment plans since they were proposed.</summary>
public sealed class PlanMoneyReader(NpgsqlDataSource database)
{
    private const string Settled =
        "select i.plan_id, s.value_date, s.amount, s.currency from plan_items i " +
        "join settlements s on s.invoice_id = i.invoice_id and s.installment = i.installment " +
        "where i.plan_id = any($1) and not s.reversed and s.version > i.source_version";

    /// <summary>By plan; a plan without money has none.</summary>
    public async Task<ILookup<Guid, PlanMoney>> ReadAsync(Guid[] plans, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(Settled);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = plans });
        var rows = await command.ReadAsync(
            row => (Plan: row.GetGuid(0), Money: new PlanMoney(row.GetFieldValue<DateOnly>(1), row.Money(2, 3))),
            cancellation);
        return rows.ToLookup(row => row.Plan, row => row.Money);
    }
}
