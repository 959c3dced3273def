namespace OrderToCash.CashApplication.Statements.Formats.Bai;

/// <summary>The uniform type codes of BAI2 (Cash Management Balance Reporting Specifications, version 2).</summary>
internal static class BaiTypeCodes
{
    /// <summary>Who gives out the codes, in <see cref="BankTransactionCode.Issuer"/>.</summary>
    public const string Issuer = "BAI";

    /// <summary>Which way a transaction of this type moves the balance; null where it moves none.</summary>
    public static Movement? MovementOf(int code) => code switch
    {
        >= 100 and <= 399 or >= 920 and <= 959 => Movement.Credit,
        >= 400 and <= 699 or >= 960 and <= 999 => Movement.Debit,
        _ => null,
    };
}
