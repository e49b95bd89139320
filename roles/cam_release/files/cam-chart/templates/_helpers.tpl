{{- define "cam.fullname" -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "cam.selector" -}}
app.kubernetes.io/name: cam
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: app
{{- end -}}

{{- define "cam.labels" -}}
app: cam
{{ include "cam.selector" . }}
{{ include "cam.common" . }}
{{- end -}}

{{- define "cam.common" -}}
app.kubernetes.io/version: {{ .Values.image.tag | quote }}
app.kubernetes.io/part-of: complete-arbitration-mesh
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{- /* Name and labels of an object: `include "cam.metadata" (list $ "suffix")`. */ -}}
{{- define "cam.metadata" -}}
{{- $root := index . 0 -}}
{{- $suffix := index . 1 -}}
name: {{ include "cam.fullname" $root }}{{ if $suffix }}-{{ $suffix }}{{ end }}
namespace: {{ $root.Release.Namespace }}
labels:
  {{- include "cam.labels" $root | nindent 2 }}
{{- end -}}

{{- define "cam.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag }}
{{- end -}}
{{- end -}}

{{- define "cam.settings" -}}
CAM_MESH_ID: {{ .Values.mesh.meshId | quote }}
CAM_NODE_TYPE: {{ .Values.mesh.nodeType | quote }}
CAM_CONSENSUS_ALGORITHM: {{ .Values.mesh.consensus.algorithm | quote }}
CAM_CONSENSUS_THRESHOLD: {{ .Values.mesh.consensus.threshold | quote }}
CAM_ARBITRATION_TIMEOUT: {{ .Values.mesh.arbitration.timeout | quote }}
CAM_ARBITRATION_MAX_PARTICIPANTS: {{ .Values.mesh.arbitration.maxParticipants | quote }}
{{- end -}}

{{- define "cam.config" -}}
{{ include "cam.settings" . }}
{{- range $name, $value := .Values.config }}
{{ $name }}: {{ $value | quote }}
{{- end }}
{{- end -}}

{{- define "cam.scaled" -}}
{{- if or .Values.autoscaling.enabled .Values.keda.enabled }}yes{{ end -}}
{{- end -}}

{{- /* The pods that always run, and the most that ever run beside one surge of an update. */ -}}
{{- define "cam.floor" -}}
{{- if include "cam.scaled" . }}{{ .Values.autoscaling.minReplicas }}{{ else }}{{ .Values.replicaCount }}{{ end -}}
{{- end -}}
{{- define "cam.ceiling" -}}
{{- $most := int (ternary .Values.autoscaling.maxReplicas .Values.replicaCount (eq (include "cam.scaled" .) "yes")) -}}
{{- $surge := toString .Values.strategy.maxSurge -}}
{{- if hasSuffix "%" $surge -}}
{{- add $most (ceil (divf (mulf (float64 $most) (float64 (trimSuffix "%" $surge))) 100.0)) -}}
{{- else -}}
{{- add $most (int $surge) -}}
{{- end -}}
{{- end -}}

{{- /* A quantity of memory in MiB. */ -}}
{{- define "cam.mib" -}}
{{- $text := toString . -}}
{{- if kindIs "float64" . }}{{ $text = printf "%.0f" . }}{{ end -}}
{{- $number := float64 (regexFind "^[0-9.]+" $text) -}}
{{- $unit := regexReplaceAll "^[0-9.]+" $text "" -}}
{{- $bytes := get (dict "" 1.0 "k" 1000.0 "Ki" 1024.0 "M" 1000000.0 "Mi" 1048576.0 "G" 1000000000.0 "Gi" 1073741824.0) $unit -}}
{{- floor (divf (mulf $number $bytes) 1048576.0) | int -}}
{{- end -}}

{{- define "cam.cpu" -}}
{{- $text := toString . -}}
{{- if hasSuffix "m" $text }}{{ trimSuffix "m" $text }}{{ else }}{{ mulf (float64 $text) 1000.0 | int }}{{ end -}}
{{- end -}}
