namespace OrderToCash.CashApplication.Statements.Formats;

/// <summary>
/// How much of a file is believed; beyond any of these it is refused with
/// <see cref="StatementRefusals.LimitExceeded"/>. The memory that reading takes is bounded by
/// <see cref="MaxTokenBytes"/> and by what is kept.
/// </summary>
public sealed record StatementLimits
{
    /// <summary>What an import by people or by a bank's gateway needs.</summary>
    public static readonly StatementLimits Default = new();

    /// <summary>Bytes of the file.</summary>
    public long MaxBytes { get; init; } = 256L * 1024 * 1024;

    /// <summary>Bytes of any one tag, attribute, text, comment or run of white space.</summary>
    public int MaxTokenBytes { get; init; } = 1024 * 1024;

    /// <summary>Bytes of one line, record or segment of a text format.</summary>
    public int MaxRecordBytes { get; init; } = 64 * 1024;

    /// <summary>Characters of a text that is kept.</summary>
    public int MaxTextLength { get; init; } = 8 * 1024;

    /// <summary>Elements within elements.</summary>
    public int MaxDepth { get; init; } = 64;

    /// <summary>Different element and attribute names.</summary>
    public int MaxNames { get; init; } = 10_000;

    /// <summary>Statements in the file.</summary>
    public int MaxStatements { get; init; } = 10_000;

    /// <summary>Entries in the file.</summary>
    public int MaxEntries { get; init; } = 1_000_000;

    /// <summary>Payments in one entry.</summary>
    public int MaxDetailsPerEntry { get; init; } = 100_000;

    /// <summary>Lines of remittance or charges in one payment.</summary>
    public int MaxRepeats { get; init; } = 1_000;
}
