using OrderToCash.Approvals;
using OrderToCash.Credit.Applications;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Credit.UseCases;

/// <summary>What takes the authority to give credit although it gives none.</summary>
public sealed partial class LimitChanges
{
    /// <summary>
    /// Why the caller may not take a limit away that customers share, or null. Without it only the other limits count,
    /// so it is for those who may raise limits without end; not by what the limit is, for it may have been lowered only
    /// to be removed.
    /// </summary>
    /// <param name="whose"><c>group</c> or <c>segment</c>.</param>
    /// <param name="legalEntity">Whose matrix decides.</param>
    /// <param name="riskClass">Of the customer at the head of a group, or null.</param>
    /// <param name="facts">Give the base currency of the matrix.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="cancellation">Ends the question.</param>
    public async Task<Refusal?> DenyRemovalAsync(
        string whose, string legalEntity, string? riskClass, DecisionFacts facts, Caller caller,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(caller);
        var required = await gate.RequiredAsync(
            ApprovalKinds.CreditLimit, legalEntity, DecisionFacts.AboveAllBands(facts.Rates.Base), caller.Roles,
            cancellation, riskClass);
        return required.Approvals > 0 ? CreditRefusals.SharedLimitNeedsAuthority(whose) : null;
    }

    /// <summary>
    /// Why the caller may not withdraw an application, or null: who says that nobody asks any more is who has asked, or
    /// who may decline it alone. Any review may be withdrawn, for it comes again.
    /// </summary>
    /// <param name="id">The case.</param>
    /// <param name="submitted">What it asks for.</param>
    /// <param name="caller">Who withdraws it.</param>
    /// <param name="cancellation">Ends the question.</param>
    public async Task<Refusal?> DenyWithdrawalAsync(
        Guid id, ApplicationSubmitted submitted, Caller caller, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(submitted);
        ArgumentNullException.ThrowIfNull(caller);
        if (submitted.Kind == Assessor.Review || submitted.SubmittedBy == caller.Subject)
            return null;
        var declined = new LimitChange(submitted.CustomerId, Decline, submitted.RequestedLimit, ApplicationId: id);
        var now = await LoadAsync(declined, cancellation);
        if (Raised(declined, now) is not { } most)
            return null;
        var required = await gate.RequiredAsync(
            ApprovalKinds.CreditLimit, submitted.LegalEntity, most, caller.Roles, cancellation,
            now.Account.State.Risk?.RiskClass);
        return required.Approvals > 0 ? CreditRefusals.WithdrawalNeedsAuthority() : null;
    }
}
