namespace OrderToCash.Contracts.Collections.V1;

/// <summary>A promise to pay as it is after the event that carries it.</summary>
/// <param name="PromiseId">The promise.</param>
/// <param name="LegalEntity">Whose receivables.</param>
/// <param name="CustomerId">Who promised.</param>
/// <param name="Amount">What was promised.</param>
/// <param name="Received">What was applied to its items since, with a value date in time.</param>
/// <param name="PromisedFor">Day it was promised for, in the entity's calendar.</param>
/// <param name="JudgedAfter">Last day of grace: it is judged once this day has ended.</param>
/// <param name="Level">How many earlier promises on its items were not kept or taken back.</param>
/// <param name="Status"><c>open</c>, <c>kept</c>, <c>partly-kept</c>, <c>broken</c> or <c>cancelled</c>.</param>
/// <param name="Items">What it is for.</param>
public sealed record Promise(
    Guid PromiseId, string LegalEntity, Guid CustomerId, MoneyAmount Amount, MoneyAmount Received,
    DateOnly PromisedFor, DateOnly JudgedAfter, int Level, string Status, IReadOnlyList<PromisedItem> Items);
