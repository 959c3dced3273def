using Npgsql;
using OrderToCash.Contracts;
using OrderToCash.Contracts.CashApplication.V1;
using OrderToCash.Kernel;
using OrderToCash.Messaging;

namespace OrderToCash.Collections.Integration;

/// <summary>
/// Money asked for and not answered yet, what pending payments are to pay, and credits that have not lowered the
/// balance yet. Each is asked for once and answered once, so the rows need no version: what is answered stays answered,
/// whichever of the two messages comes first.
/// </summary>
internal static class PendingAllocations
{
    private const string Columns =
        "insert into pending_allocations (allocation_id, invoice_id, installment, amount, open) ";

    private const string Expected =
        "insert into pending_allocations (allocation_id, invoice_id, installment, amount, open, expected_on) " +
        "values ($1, $2, $3, $4, true, $5) on conflict (allocation_id) " +
        "do update set expected_on = excluded.expected_on";

    /// <summary>
    /// Asked for, unless the answer is here already: all that it will take off the item, so the cash discount and the
    /// small difference beside the payment, too.
    /// </summary>
    public static NpgsqlBatchCommand Open(AllocationRequested asked) =>
        Command(Columns + "values ($1, $2, $3, $4, true) on conflict (allocation_id) do nothing",
            asked.AllocationId, asked.InvoiceId, asked.Installment,
            new[] { asked.Amount, asked.Discount, asked.Difference }.Sum(part => part?.ToMoney().Amount ?? 0));

    /// <summary>Expected of a pending payment on a day, unless that has ended already.</summary>
    public static NpgsqlBatchCommand Open(PendingPaymentItem item, DateOnly expectedOn)
    {
        var command = Command(Expected, item.ItemId, item.InvoiceId, item.Installment, item.Amount.ToMoney().Amount);
        command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = expectedOn });
        return command;
    }

    /// <summary>
    /// A credit memo settles the item, unless Invoicing has said so already: its word that lowers the balance is on its
    /// way.
    /// </summary>
    /// <param name="applicationId">The application of the credit memo.</param>
    /// <param name="invoiceId">The invoice.</param>
    /// <param name="installment">From 1.</param>
    /// <param name="amount">How much at most.</param>
    public static NpgsqlBatchCommand Open(Guid applicationId, Guid invoiceId, int installment, Money amount) =>
        Command(Columns + "select $1, $2, $3, $4, not exists (select 1 from settlements s where s.id = $1) " +
            "on conflict (allocation_id) do nothing",
            applicationId, invoiceId, installment, amount.Amount);

    /// <summary>
    /// Answered, the pending payment has ended, or the credit has lowered the balance: by this much, which may be less
    /// than was asked for. Of money it is the payment alone.
    /// </summary>
    public static NpgsqlBatchCommand Close(Guid allocationId, Guid invoiceId, int installment, MoneyAmount amount) =>
        Command(Columns + "values ($1, $2, $3, $4, false) on conflict (allocation_id) " +
            "do update set open = false, amount = excluded.amount",
            allocationId, invoiceId, installment, amount.ToMoney().Amount);

    private static NpgsqlBatchCommand Command(
        string sql, Guid allocationId, Guid invoiceId, int installment, decimal amount)
    {
        var command = new NpgsqlBatchCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = allocationId });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = invoiceId });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = installment });
        command.Parameters.Add(new NpgsqlParameter<decimal> { TypedValue = amount });
        return command;
    }
}
