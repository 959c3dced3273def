using Npgsql;
using OrderToCash.Collections.Accounts;
using OrderToCash.Collections.Plans;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.ReadModels;

/// <summary>What has become of a plan's items since it was worked out.</summary>
/// <param name="Money">What settled them, as far as the plan is about them.</param>
/// <param name="IsOpen">Something of that is still owed.</param>
/// <param name="Elsewhere">Items that another plan covers by now; null for none.</param>
/// <param name="IsCovered">Each item is covered by a plan that is kept, this one or another.</param>
public sealed record PlanAccount(
    IReadOnlyList<PlanMoney> Money, bool IsOpen, IReadOnlyList<ItemElsewhere>? Elsewhere, bool IsCovered);

/// <summary>Reads what has become of the items of payment plans since they were proposed.</summary>
public sealed class PlanMoneyReader(NpgsqlDataSource database)
{
    private const string Select =
        $"""
        select i.plan_id, i.invoice_id, i.installment, p.currency, i.covered, o.balance, f.kind, f.day, f.amount,
            exists (
                select 1 from plan_items n where n.active and n.invoice_id = i.invoice_id
                and n.installment = i.installment and n.plan_id <> i.plan_id),
            i.active
        from plan_items i join payment_plans p on p.id = i.plan_id
        left join lateral (
            select h.balance from item_history h
            where h.invoice_id = i.invoice_id and h.installment = i.installment and h.version <= i.source_version
            order by h.version desc limit 1) o on true
        left join {ItemFalls.SinceSource} on true
        where i.plan_id = any($1)
        """;

    /// <summary>By plan.</summary>
    public async Task<IReadOnlyDictionary<Guid, PlanAccount>> ReadAsync(Guid[] plans, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(Select);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = plans });
        var rows = await command.ReadAsync(Row, cancellation);
        return rows.GroupBy(row => row.Plan).ToDictionary(
            plan => plan.Key,
            plan =>
            {
                var items = plan.GroupBy(row => (row.Invoice, row.Installment)).Select(Item).ToList();
                var elsewhere = plan.Where(row => row.IsElsewhere)
                    .Select(row => new ItemElsewhere(row.Invoice, row.Installment)).Distinct().ToList();
                return new PlanAccount(
                    [.. items.SelectMany(item => item.Settled())], items.Exists(item => item.Left.IsPositive),
                    elsewhere.Count > 0 ? elsewhere : null, plan.All(row => row.IsActive || row.IsElsewhere));
            });
    }

    private static CoveredItem Item(IEnumerable<ItemRow> rows)
    {
        var (one, falls) = (rows.First(), rows.Select(row => row.Fall).OfType<ItemFall>());
        return new CoveredItem(one.Covered, one.Open ?? one.Covered, [.. falls]);
    }

    private static ItemRow Row(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetGuid(1), row.GetInt32(2), row.Money(4, 3), row.IsDBNull(5) ? null : row.Money(5, 3),
        row.IsDBNull(6)
            ? null
            : new ItemFall(
                Kebab.Parse<FallKind>(row.GetString(6)), row.GetFieldValue<DateOnly>(7), row.Money(8, 3)),
        row.GetBoolean(9), row.GetBoolean(10));

    private sealed record ItemRow(
        Guid Plan, Guid Invoice, int Installment, Money Covered, Money? Open, ItemFall? Fall, bool IsElsewhere,
        bool IsActive);
}
