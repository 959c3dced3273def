using Spectre.Console;

namespace OrderToCash.Local.Demo;

/// <summary>What happened, step by step, and the checks that must hold at the end.</summary>
internal sealed class DemoReport
{
    private readonly List<(string Step, string What)> _steps = [];
    private readonly List<(string Check, bool Holds, string Figures)> _checks = [];

    public bool AllHold => _checks.TrueForAll(check => check.Holds);

    public void Step(string step, string what)
    {
        _steps.Add((step, what));
        Console.WriteLine($"  {step}: {what}");
    }

    public void Check(string check, bool holds, string figures) => _checks.Add((check, holds, figures));

    public void Print()
    {
        var console = AnsiConsole.Console;
        if (Console.IsOutputRedirected)
        {
            console.Profile.Width = 150;
            console.Profile.Capabilities.Ansi = false;
        }

        var steps = new Table().Title("What happened").AddColumn("step").AddColumn("result");
        foreach (var (step, what) in _steps)
            steps.AddRow(Markup.Escape(step), Markup.Escape(what));
        var checks = new Table().Title("What must hold").AddColumn("check").AddColumn("holds").AddColumn("figures");
        foreach (var (check, holds, figures) in _checks)
            checks.AddRow(Markup.Escape(check), holds ? "yes" : "NO", Markup.Escape(figures));
        console.WriteLine();
        console.Write(steps);
        console.Write(checks);
    }
}
