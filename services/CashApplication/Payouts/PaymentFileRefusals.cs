using System.Globalization;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Payouts;

/// <summary>Why something about a payment file is refused.</summary>
public static class PaymentFileRefusals
{
    public static readonly Refusal NotWaiting =
        Refusal.State("payment-file-ended", "The payment file is released or dropped already.");

    public static readonly Refusal NotReleased =
        Refusal.State("payment-file-not-released", "The payment file is not released; nobody gets it before that.");

    public static readonly Refusal InThePast =
        new("in-the-past", "The bank can pay today or later.", Field: "/executionDate");

    public static Refusal NotFound(Guid id) => Refusal.NotFound("payment file", id);

    public static Refusal NothingToPay(int most) => new("nothing-to-pay", string.Create(
        CultureInfo.InvariantCulture,
        $"A payment file has 1 to {most:N0} approved refunds of the account's currency."));

    public static Refusal BankUnknown(string account) => new("bank-unknown",
        $"Bank account {account} has no IBAN and no bank code, so no bank can be told.", Field: "/bankAccount");

    public static Refusal OtherAccount(Guid refundId) => new("other-account",
        $"Refund {refundId} is of another legal entity or currency than the bank account.", Field: "/refunds");
}
