using System.Text.Json;
using OrderToCash.Kernel;

namespace OrderToCash.TestKit;

/// <summary>Values as people read them: type name and indented JSON.</summary>
internal static class Text
{
    private static readonly JsonSerializerOptions Options = new(Json.Stored) { WriteIndented = true };

    public static string Of(object? value) => value is null or string or bool ? $"{value ?? "null"}" :
        $"{value.GetType().Name} {JsonSerializer.Serialize(value, value.GetType(), Options)}";

    public static string OfAll(IEnumerable<object> values) =>
        string.Join('\n', values.Select(Of)) is { Length: > 0 } text ? text : "(none)";

    /// <summary>Both texts beside each other line by line: <c>-</c> was expected, <c>+</c> is there instead.</summary>
    public static string Difference(string expected, string actual)
    {
        var left = expected.Split('\n');
        var right = actual.Split('\n');
        var common = Common(left, right);
        List<string> lines = [];
        int l = 0, r = 0;
        while (l < left.Length || r < right.Length)
        {
            if (l < left.Length && r < right.Length && left[l] == right[r])
            {
                lines.Add($"  {left[l++]}");
                r++;
            }
            else if (r >= right.Length || (l < left.Length && common[l + 1, r] >= common[l, r + 1]))
            {
                lines.Add($"- {left[l++]}");
            }
            else
            {
                lines.Add($"+ {right[r++]}");
            }
        }

        return string.Join('\n', lines);
    }

    // Length of the longest common subsequence of the lines from l and from r on.
    private static int[,] Common(string[] left, string[] right)
    {
        var common = new int[left.Length + 1, right.Length + 1];
        for (var l = left.Length - 1; l >= 0; l--)
        {
            for (var r = right.Length - 1; r >= 0; r--)
            {
                common[l, r] = left[l] == right[r]
                    ? common[l + 1, r + 1] + 1
                    : Math.Max(common[l + 1, r], common[l, r + 1]);
            }
        }

        return common;
    }
}
