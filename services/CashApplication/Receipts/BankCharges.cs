using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Receipts;

/// <summary>Who pays the banks for a payment, as it was ordered.</summary>
public enum ChargeBearer
{
    /// <summary>The payer: <c>OUR</c>, of ISO 20022 <c>DEBT</c>.</summary>
    Payer,

    /// <summary>Who is paid: <c>BEN</c>, of ISO 20022 <c>CRED</c>.</summary>
    Payee,

    /// <summary>Each their own bank: <c>SHA</c>, of ISO 20022 <c>SHAR</c> and <c>SLEV</c>.</summary>
    Shared,

    /// <summary>The bank does not tell it.</summary>
    Untold,
}

/// <summary>What banks kept of a payment on its way: so much less of it came.</summary>
/// <param name="Amount">More than zero, in the currency of the payment.</param>
/// <param name="Bearer">Who was to pay it.</param>
public sealed record BankCharges(Money Amount, ChargeBearer Bearer)
{
    /// <summary>In words, as banks call it.</summary>
    public string Words => Bearer switch
    {
        ChargeBearer.Payer => $"{Amount} (OUR)",
        ChargeBearer.Payee => $"{Amount} (BEN)",
        ChargeBearer.Shared => $"{Amount} (SHA)",
        _ => Amount.ToString(),
    };
}

/// <summary>Of which payments a company bears what banks kept of them, and how much of it.</summary>
/// <param name="Of">As they were ordered.</param>
/// <param name="UpTo">So much at most; amount and percent of what is due must both hold.</param>
public sealed record BorneCharges(IReadOnlyList<ChargeBearer> Of, Tolerance UpTo)
{
    /// <summary>True where they are borne of a payment of what is due.</summary>
    public bool Allows(BankCharges charges, Money due)
    {
        ArgumentNullException.ThrowIfNull(charges);
        return Of.Contains(charges.Bearer) && UpTo.Allows(charges.Amount, due);
    }
}
