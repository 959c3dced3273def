using System.Text.Json.Serialization;

namespace OrderToCash.Invoicing.Periods;

/// <summary>
/// The daily business of a period is over: only people with one of these roles may still post into it and those before.
/// </summary>
/// <param name="Period">E.g. <c>2026-10</c>.</param>
/// <param name="AdjustingRoles">Whose documents it still takes.</param>
/// <param name="ClosedThrough">Last day that takes nothing at all, or null.</param>
public sealed record PeriodSoftClosed(
    string LegalEntity, string Period, IReadOnlyList<string> AdjustingRoles, DateOnly? ClosedThrough);

/// <summary>A period and all before it take no posting any more.</summary>
/// <param name="Period">E.g. <c>2026-10</c>.</param>
/// <param name="FirstOpenDay">Where a posting goes that would have gone into it.</param>
/// <param name="Evidence">What was found when it was closed.</param>
public sealed record PeriodClosed(
    string LegalEntity, string Period, DateOnly FirstOpenDay,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<CloseCheck>? Evidence = null);

/// <summary>A period, the latest that was closed, takes postings of everybody again.</summary>
/// <param name="Period">E.g. <c>2026-10</c>.</param>
/// <param name="ClosedThrough">Last day that takes nothing any more; null where there is none.</param>
/// <param name="ApprovalId">The request that was approved; null where nobody had to approve.</param>
public sealed record PeriodReopened(
    string LegalEntity, string Period,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateOnly? ClosedThrough = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Guid? ApprovalId = null);

/// <summary>How a check of the month end came out.</summary>
public enum CloseCheckResult
{
    /// <summary>As it should be.</summary>
    Passed,

    /// <summary>Not as it should be; a person may accept it and say so.</summary>
    Failed,

    /// <summary>Not as it should be, and nobody can accept it: the books would be wrong.</summary>
    Broken,

    /// <summary>This service cannot know it.</summary>
    NotKnown,
}

/// <summary>One line of the month-end checklist.</summary>
/// <param name="Code">Stable, e.g. <c>journals-balanced</c>.</param>
/// <param name="Evidence">The figures that were found, in words.</param>
/// <param name="Accepted">It failed, and whoever closed accepted that.</param>
public sealed record CloseCheck(
    string Code, CloseCheckResult Result, string Evidence,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Accepted = false);
