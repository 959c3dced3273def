using Npgsql;
using OrderToCash.Contracts;
using OrderToCash.Messaging;

namespace OrderToCash.Collections.Integration;

/// <summary>
/// Money asked for and not answered yet. An allocation is asked for once and answered once, so the rows need no
/// version: what is answered stays answered, whichever of the two messages comes first.
/// </summary>
internal static class PendingAllocations
{
    private const string Columns =
        "insert into pending_allocations (allocation_id, invoice_id, installment, amount, open) ";

    /// <summary>Asked for, unless the answer is here already.</summary>
    public static NpgsqlBatchCommand Open(Guid allocationId, Guid invoiceId, int installment, MoneyAmount amount) =>
        Command(Columns + "values ($1, $2, $3, $4, true) on conflict (allocation_id) do nothing",
            allocationId, invoiceId, installment, amount);

    /// <summary>Answered.</summary>
    public static NpgsqlBatchCommand Close(Guid allocationId, Guid invoiceId, int installment, MoneyAmount amount) =>
        Command(Columns + "values ($1, $2, $3, $4, false) on conflict (allocation_id) do update set open = false",
            allocationId, invoiceId, installment, amount);

    private static NpgsqlBatchCommand Command(
        string sql, Guid allocationId, Guid invoiceId, int installment, MoneyAmount amount)
    {
        var command = new NpgsqlBatchCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = allocationId });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = invoiceId });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = installment });
        command.Parameters.Add(new NpgsqlParameter<decimal> { TypedValue = amount.ToMoney().Amount });
        return command;
    }
}
