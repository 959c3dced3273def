namespace OrderToCash.Contracts.Invoicing.V1;

/// <summary>
/// The personal data of a contact are erased. Whoever has kept any of this person erases it too; the customer as it is
/// without them is told by <c>CustomerChanged</c> of the same version.
/// </summary>
/// <param name="CustomerId">The customer.</param>
/// <param name="LegalEntity">Whose customer.</param>
/// <param name="ContactId">The person, as <c>Contact</c> names it.</param>
public sealed record ContactErased(Guid CustomerId, string LegalEntity, Guid ContactId);
