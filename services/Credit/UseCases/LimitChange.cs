using OrderToCash.Credit.Applications;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Credit.UseCases;

/// <summary>
/// A change of what a customer may owe, by whichever way it comes; kept with the request where others must approve it,
/// so its shape only ever gains optional fields.
/// </summary>
/// <param name="CustomerId">The customer, or the one at the head of the group; empty for a segment.</param>
/// <param name="What"><c>limit</c>, <c>temporary-limit</c>, <c>temporary-limit-end</c>, <c>group-limit</c>,
/// <c>segment-limit</c>, <c>cover</c>, <c>application</c> or <c>decline</c>.</param>
/// <param name="Amount">The new limit, or what is covered; of a case that is declined what it asks for.</param>
/// <param name="From">First day of a temporary limit.</param>
/// <param name="Until">Last day, or null.</param>
/// <param name="Cover">The guarantee or insurance.</param>
/// <param name="ApplicationId">The case it decides.</param>
/// <param name="Terms">Payment terms that the case grants, or null.</param>
/// <param name="LegalEntity">Whose segment.</param>
/// <param name="Segment">The segment.</param>
/// <param name="Seen">The limits as they were when it was asked for; null for cover, for an application that is
/// declined, and where that was not kept yet.</param>
/// <param name="Reason">Why a case is declined; null for everything else.</param>
/// <param name="TermsAfter">Terms that the case grants and that are to be approved as well, after the limit; its terms
/// are null until then.</param>
/// <param name="SeenTerms">The terms the customer had when it was asked for; null where that was not kept yet.</param>
/// <param name="LimitClass">While its terms wait for approval: the class of the customer by which its limit was judged,
/// empty for none; null where that is not judged yet or was not kept.</param>
public sealed record LimitChange(
    Guid CustomerId, string What, Money Amount, DateOnly? From = null, DateOnly? Until = null,
    CoverRegistered? Cover = null, Guid? ApplicationId = null, string? Terms = null, string? LegalEntity = null,
    string? Segment = null, SeenLimits? Seen = null, string? Reason = null, string? TermsAfter = null,
    string? SeenTerms = null, string? LimitClass = null)
{
    /// <summary>True where it decides a case.</summary>
    internal bool IsOfCase => ApplicationId is not null;
}

/// <summary>
/// Limits that somebody asked to change: by whoever approves later, they are changed only if they are still these.
/// </summary>
/// <param name="Limit">That of the customer, the group or the segment; null for none.</param>
/// <param name="ExpiresOn">Its last day, or null.</param>
/// <param name="Temporary">That of the customer for some days; null for none.</param>
public sealed record SeenLimits(Money? Limit, DateOnly? ExpiresOn, TemporaryLimitSet? Temporary = null);

/// <summary>What was changed, for the answer.</summary>
/// <param name="CustomerId">The customer.</param>
/// <param name="Account">Its account after it.</param>
/// <param name="Version">Version of what the caller sees: account, group or case.</param>
/// <param name="Facts">Day and policy.</param>
/// <param name="Application">The case after it, or null.</param>
public sealed record ChangedLimit(
    Guid CustomerId, CreditAccount Account, long Version, DecisionFacts Facts, CreditApplication? Application)
{
    /// <summary>The account as callers see it.</summary>
    public Reply Reply() =>
        ServiceDefaults.Reply.Ok(CreditAccountView.Of(CustomerId, Account, Version, Facts), Version);
}
