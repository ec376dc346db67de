# Templates of every form, for test_templates.py; terraform.json holds what Terraform makes of each.
locals {
  names = ["a", "b"]
  on    = true
  off   = false
}

locals {
  plain             = "text"
  empty             = ""
  escapes           = "tab\t quote\" backslash\\ newline\n return\r unicode\u00e9 \U0001F600"
  escaped_sequences = "$${a} %%{b} $$ %% $a %a $$$ {a} }"
  interpolation     = "a${1 + 1}b${local.on}c"
  alone             = "${1 + 1}"
  alone_in_text     = "x${"${1}"}"
  nested            = "a${"b${"c${"d"}"}"}"
  braces            = "a${{ b = "}" }.b}c"
  quotes            = "a${join("\"", ["x", "y"])}b"
  conditional       = "a${local.on ? "yes" : "no"}"
  spaced            = "a ${ local.on } b"
  lines_inside      = "a ${
    local.on
  } b"
  strip_left        = "a   ${~ 1 } b"
  strip_right       = "a ${ 1 ~}   b"
  strip_both        = "a   ${~ 1 ~}   b"
  strip_escape      = "a\n\t${~ 1 ~}\n b"
  directive_if      = "a%{ if local.on }b%{ endif }c"
  directive_else    = "a%{ if local.off }b%{ else }d%{ endif }c"
  directive_for     = "a%{ for n in local.names }<${n}>%{ endfor }c"
  directive_for_two = "%{ for i, n in local.names }${i}=${n};%{ endfor }"
  directive_nested  = "%{ for n in local.names }%{ if n == "a" }A%{ else }${n}%{ endif }%{ endfor }"
  directive_strip   = "a  %{~ if local.on ~}  b  %{~ endif ~}  c"
  comment           = "a${1 /* } " */}b"
  unicode           = "é\u0065\u0301"

  heredoc = <<EOT
first
  second ${1 + 1}
EOT
  heredoc_empty = <<EOT
EOT
  heredoc_blank = <<EOT

EOT
  heredoc_escapes = <<EOT
\n stays, $${a} %%{b} "quotes" \" too
EOT
  heredoc_indented_end = <<EOT
  a
  b
  EOT
  dedented = <<-EOT
    first
      second
    third
    EOT
  dedented_blank_lines = <<-EOT
    first

      second
   
    third
  EOT
  dedented_interpolation = <<-EOT
    a ${1}
    ${2} b
      ${3}
  EOT
  dedented_starts_with_interpolation = <<-EOT
    a
  ${2} b
  EOT
  dedented_tabs = <<-EOT
		a
		  b
	EOT
  dedented_none = <<-EOT
a
  b
  EOT
  dedented_lines_in_value = <<-EOT
    a
    ${"x\n  y"}
    b
  EOT
  heredoc_for = <<EOT
%{ for n in local.names ~}
name ${n}
%{ endfor ~}
end
EOT
  heredoc_for_plain = <<EOT
%{ for n in local.names }
name ${n}
%{ endfor }
EOT
  dedented_for = <<-EOT
    %{ for n in local.names ~}
    name ${n}
    %{ endfor ~}
    end
  EOT
  dedented_if = <<-EOT
    a
    %{~ if local.on ~}
      b
    %{~ else ~}
      c
    %{~ endif ~}
    d
  EOT
  heredoc_marker_inside = <<EOT
EOTX
 xEOT
EOT
  heredoc_marker_in_interpolation = <<EOT
${join("", [
  "EOT",
])}
EOT
  heredoc_in_call = join("-", [<<A
a
A
    , <<B
b
B
  ])
  heredoc_in_heredoc = <<A
x ${upper(<<B
y
B
)}
A
  policy = <<POLICY
{
  "Statement": [{
    "Resource": "${join("", ["arn:", "aws"])}:*",
    "Condition": {"x": "$${aws:username}"}
  }]
}
POLICY
}
