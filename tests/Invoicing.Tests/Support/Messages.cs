using OrderToCash.Contracts;
using OrderToCash.Contracts.CashApplication.V1;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Tests;

/// <summary>What cash application says.</summary>
internal static class Messages
{
    public static AllocationRequested Requested(
        Guid allocationId, Guid invoiceId, decimal amount, int installment = 1, string currency = "USD") => new(
            Some.Receipt, allocationId, "US01", Some.Customer, invoiceId, installment,
            new MoneyAmount(amount, currency), TestApi.Today, "invoice-number", "2400", Balance(amount, currency));

    public static AllocationReversalRequested ReversalRequested(
        Guid allocationId, Guid invoiceId, decimal amount, string currency = "USD") => new(
            Some.Receipt, allocationId, invoiceId, 1, new MoneyAmount(amount, currency), "returned by the bank",
            Balance(amount, currency));

    public static JournalEntryPosted ReceiptPosted(
        string entity, Guid customer, decimal amount, DateOnly date, Guid? receipt = null)
    {
        var (some, none) = (new MoneyAmount(amount, "USD"), new MoneyAmount(0, "USD"));
        return new JournalEntryPosted(
            Ids.Next(TimeProvider.System), entity, date, "receipt-recorded", receipt ?? Some.Receipt, "RCT-1", customer,
            [new JournalLine("1000", "bank", some, none), new JournalLine("2400", "unapplied-cash", none, some)]);
    }

    private static ReceiptBalance Balance(decimal amount, string currency)
    {
        var (all, none) = (new MoneyAmount(amount, currency), new MoneyAmount(0, currency));
        return new ReceiptBalance(Some.Customer, all, none, all, none, none, "unapplied");
    }
}
