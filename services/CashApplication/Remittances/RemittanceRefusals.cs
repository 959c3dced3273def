using System.Globalization;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Remittances;

/// <summary>Why something about a remittance advice is refused.</summary>
public static class RemittanceRefusals
{
    public static readonly Refusal AmountNotPositive =
        new("amount-not-positive", "An advice is about a payment of more than zero.", Field: "/amount");

    public static readonly Refusal NoDocument =
        new("document-missing", "Every line names a document in 1 to 100 characters.", Field: "/lines");

    public static readonly Refusal NotWaiting =
        Refusal.State("remittance-not-waiting", "A receipt follows this advice already, or it is closed.");

    /// <summary>Two files with the same advice at once: the later one, sent again, is taken without it.</summary>
    public static readonly Refusal BeingReceived = Refusal.State(
        "remittance-already-received",
        "An advice of the file was received in this moment, and none of it was taken. Send it again.");

    public static Refusal NotFound(Guid id) => Refusal.NotFound("remittance", id);

    public static Refusal Lines(int most) => new(
        "bad-lines", string.Create(CultureInfo.InvariantCulture, $"An advice has 1 to {most:N0} lines."),
        Field: "/lines");

    public static Refusal TooManyAdvices(int most) => new(
        "too-many", string.Create(CultureInfo.InvariantCulture, $"A file has at most {most:N0} advices."));

    public static Refusal OtherCurrency(Currency currency) =>
        new("other-currency", $"All amounts of an advice are in its currency, {currency}.", Field: "/lines");

    public static Refusal AlreadyReceived(string reference) => Refusal.State(
        "remittance-already-received", $"This advice ({reference}) was received before; nothing was changed.");
}
