using OrderToCash.Kernel;

namespace OrderToCash.Collections.UseCases;

/// <summary>
/// What is written as a whole with PUT: playbooks, policies, portfolios, targets. One rule for all of them: a member
/// that is not known is refused, because what is mistyped would be left out of how customers are treated; and what GET
/// answers may be PUT back as it is. So the bodies know what GET shows beside the document: whose it is, which must
/// agree with the address, and its version, which is not looked at (If-Match says on which one a change rests).
/// </summary>
internal static class WholeDocument
{
    /// <summary>Why a body is not for this address; null where it is, or does not say what it is for.</summary>
    /// <param name="field">JSON pointer of what it says.</param>
    /// <param name="said">What it says.</param>
    /// <param name="address">What the address says.</param>
    public static Refusal? IsOfAnother(string field, string? said, string address) => said is null || said == address
        ? null
        : new Refusal("other-address", $"The body is of {said}, the address of {address}.", Field: field);
}
