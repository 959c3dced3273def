using System.Text.Json.Serialization;

namespace OrderToCash.Contracts.CashApplication.V1;

/// <summary>
/// Money waits, and whose it is is not certain. This is who may have paid it by what is known now, in place of what was
/// said about the receipt before. Once it is somebody's, the receipt's balance says whose.
/// </summary>
/// <param name="ReceiptId">The receipt.</param>
/// <param name="Payers">The likeliest first, five at most; none where nothing tells.</param>
public sealed record ReceiptPayersFound(Guid ReceiptId, IReadOnlyList<LikelyPayer> Payers);

/// <summary>A customer who may have paid.</summary>
/// <param name="CustomerId">The customer.</param>
/// <param name="Confidence">0.5 to 1; text in JSON.</param>
public sealed record LikelyPayer(
    Guid CustomerId, [property: JsonConverter(typeof(DecimalTextConverter))] decimal Confidence);
