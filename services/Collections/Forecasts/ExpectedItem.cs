using OrderToCash.Kernel;

namespace OrderToCash.Collections.Forecasts;

/// <summary>Something that is to be paid, as the forecast sees it.</summary>
/// <param name="CustomerId">Who pays.</param>
/// <param name="Segment">Its segment, or null.</param>
/// <param name="Open">What is open, without what is on its way already.</param>
/// <param name="DueDate">When it is due; of an installment of a payment plan, its own date.</param>
/// <param name="NotBefore">Nothing comes before this day, and from it on as from a due date: a dispute is to be decided
/// by then. Null where nothing stands in the way.</param>
/// <param name="NeverShare">The chance, 0 to 1, that it is not paid at all: credited after a dispute.</param>
/// <param name="Promise">What was promised of it, or null.</param>
public sealed record ExpectedItem(
    Guid CustomerId, string? Segment, Money Open, DateOnly DueDate, DateOnly? NotBefore = null,
    decimal NeverShare = 0, PromisedPart? Promise = null);

/// <summary>A promise, or a payment that is announced, as the forecast sees it.</summary>
/// <param name="Amount">How much of the item it is for.</param>
/// <param name="PromisedFor">The day.</param>
/// <param name="Chance">How likely it is kept, 0 to 1; else the item is paid like any other. Of what is
/// announced it is 1.</param>
public sealed record PromisedPart(Money Amount, DateOnly PromisedFor, decimal Chance);
