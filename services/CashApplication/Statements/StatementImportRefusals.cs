using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Statements;

/// <summary>Reasons for which a file is not imported, beside those of its format.</summary>
public static class StatementImportRefusals
{
    /// <summary>An account that nobody registered.</summary>
    public const string UnknownBankAccount = "unknown-bank-account";

    /// <summary>An identification that several registered accounts have.</summary>
    public const string AmbiguousBankAccount = "ambiguous-bank-account";

    /// <summary>No format that is read.</summary>
    public const string UnsupportedFormat = "unsupported-format";

    /// <summary>A CSV mapping that is not named or not known.</summary>
    public const string UnknownMappingCode = "unknown-mapping";

    /// <summary>Payments one by one of an account whose statements book them.</summary>
    public const string NotByFile = "payments-not-by-file";

    /// <summary>Payments one by one of days that statements have booked.</summary>
    public const string BookedByStatement = "booked-by-statement";

    /// <summary>Nothing at all.</summary>
    public const string EmptyFile = "empty-file";

    public static Refusal AlreadyImported(Guid importId) => Refusal.State("statement-already-imported",
        $"Everything in this file is imported already, as /v1/bank-statements/{importId}. Nothing was booked.");

    public static readonly Refusal ImportedJustNow = Refusal.State("statement-already-imported",
        "The same file was imported at the same moment. Nothing was booked a second time.");

    public static Refusal NotRefused(Guid id) => Refusal.State("statement-not-refused",
        $"The file /v1/bank-statements/{id} is imported already.");

    public static readonly Refusal EffectsNotHeld = Refusal.State("effects-not-held",
        "What follows from this file followed when it was imported: nothing of it is held.");

    public static readonly Refusal NotBooked = Refusal.State("statement-not-booked",
        "Not all of this file is booked yet. Arm it once its status is imported.");

    public static Refusal NotFound(Guid id) => Refusal.NotFound("bank statement file", id);
}
