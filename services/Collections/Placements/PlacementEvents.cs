using OrderToCash.Kernel;

namespace OrderToCash.Collections.Placements;

/// <summary>Where a placement stands.</summary>
public enum PlacementStatus
{
    /// <summary>It waits for approval.</summary>
    Proposed,

    /// <summary>The agency collects; nobody else does.</summary>
    Placed,

    /// <summary>It was taken back.</summary>
    Recalled,

    /// <summary>All of it is settled.</summary>
    Closed,

    /// <summary>It was not approved.</summary>
    Rejected,
}

/// <summary>An item that is handed over.</summary>
/// <param name="InvoiceId">The invoice.</param>
/// <param name="Installment">From 1.</param>
/// <param name="InvoiceNumber">What people call it.</param>
/// <param name="DueDate">When it was due.</param>
/// <param name="Amount">How much of it.</param>
/// <param name="Version">Version of the invoice then: what is settled later earns commission.</param>
public sealed record PlacedItem(
    Guid InvoiceId, int Installment, string InvoiceNumber, DateOnly DueDate, Money Amount, long Version);

/// <summary>Items are to be handed over to a collection agency.</summary>
/// <param name="LegalEntity">Whose receivables.</param>
/// <param name="CustomerId">Who owes them.</param>
/// <param name="Agency">Code of the agency.</param>
/// <param name="CommissionPercent">Of what is settled while it collects.</param>
/// <param name="Amount">Sum of the items.</param>
/// <param name="Items">What is handed over.</param>
/// <param name="Reason">Why.</param>
/// <param name="ApprovalId">The request for approval; null where nobody has to approve.</param>
public sealed record PlacementProposed(
    string LegalEntity, Guid CustomerId, string Agency, decimal CommissionPercent, Money Amount,
    IReadOnlyList<PlacedItem> Items, string Reason, Guid? ApprovalId);

/// <summary>They are handed over; they are not asked for here any more.</summary>
/// <param name="Placement">What.</param>
public sealed record PlacementMade(PlacementProposed Placement);

/// <summary>It was not approved.</summary>
/// <param name="Placement">What.</param>
/// <param name="How"><c>rejected</c>, <c>withdrawn</c> or <c>expired</c>.</param>
public sealed record PlacementRejected(PlacementProposed Placement, string How);

/// <summary>
/// Money came for it, or was taken back; the agency earns its commission on all that came so far.
/// </summary>
/// <param name="Placement">What.</param>
/// <param name="Received">All that was settled since it was handed over.</param>
/// <param name="Commission">On that.</param>
/// <param name="Status">Where it stood then; null in events of the time when it was always placed.</param>
public sealed record CommissionAccrued(
    PlacementProposed Placement, Money Received, Money Commission, PlacementStatus? Status = null);

/// <summary>It was taken back; collection goes on here.</summary>
/// <param name="Placement">What.</param>
/// <param name="Received">What was settled while the agency had it.</param>
/// <param name="Commission">On that.</param>
public sealed record PlacementRecalled(PlacementProposed Placement, Money Received, Money Commission);

/// <summary>All of it is settled.</summary>
/// <param name="Placement">What.</param>
/// <param name="Received">What was settled while the agency had it.</param>
/// <param name="Commission">On that.</param>
public sealed record PlacementClosed(PlacementProposed Placement, Money Received, Money Commission);
