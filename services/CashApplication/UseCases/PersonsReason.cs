namespace OrderToCash.CashApplication.UseCases;

/// <summary>Why a person decided so, as the reasons of a decision tell it.</summary>
internal static class PersonsReason
{
    /// <summary>Longest reason, in characters.</summary>
    public const int MaxLength = 500;

    /// <summary>Who did what, and why where that is said.</summary>
    public static string Of(string done, string subject, string? reason) => string.IsNullOrWhiteSpace(reason)
        ? $"{done} by {subject}."
        : $"{done} by {subject}: {reason.Trim()}";
}
